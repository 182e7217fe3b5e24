"""What repeats: the hours a shop sells in, its customers month by month, where its stock lies."""
