"""python -m hotdash"""

from hotdash.entrypoints.cli.main import main

if __name__ == "__main__":
    main()
