"""Shopify tables that another loader already wrote: Fivetran's or Airbyte's, as Parquet or in a database."""
