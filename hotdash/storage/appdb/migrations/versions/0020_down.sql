create function app.close_my_other_sessions(kept bytea) returns void
language sql volatile security definer set search_path = ''
begin atomic
  delete from app.sessions as s
  where s.user_id = app.my_user() and s.token_hash <> close_my_other_sessions.kept;
end;
