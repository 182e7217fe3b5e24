select count(*) as lines, count(*) filter (where is_unreadable) as unreadable from told
