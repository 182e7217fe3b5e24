create or replace view attempts as select * from told where $WHERE
