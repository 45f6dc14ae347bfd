"""What a container of the application's image runs: `biomaid COMMAND` is `python -m biomaid_runtime COMMAND`.

Standard library only, plus psycopg2 from the application's own dependencies.
"""
