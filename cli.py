from melodyrnn.cli import main

main()
