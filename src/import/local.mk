# Sources of src/import
