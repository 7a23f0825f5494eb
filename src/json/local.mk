# Sources of src/json
