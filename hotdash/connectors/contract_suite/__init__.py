"""What every connector has to pass, ours and others': `pytest --hotdash-connector my_package`."""
