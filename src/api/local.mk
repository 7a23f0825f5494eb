# Sources of src/api
