# Sources of src/db
