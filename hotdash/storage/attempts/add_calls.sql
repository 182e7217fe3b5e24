insert into calls select * from batch
