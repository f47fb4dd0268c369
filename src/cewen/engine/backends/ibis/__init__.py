"""Back-ends that write a plan as one Ibis query for each subject: DuckDB, Polars, Spark and SQL databases."""
