create or replace table calls as select * from no_calls
