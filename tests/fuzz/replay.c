/* main() of a fuzz target in an ordinary build: runs every seed and every input that once found a fault, and prints TAP.
 * With --enable-fuzz libFuzzer's own main takes its place. */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int count;

static uint8_t *slurp(const char *path, size_t *size)
{
    FILE *f = fopen(path, "rb");
    uint8_t *buf = NULL;
    long len;

    if (f == NULL)
        return NULL;
    if (fseek(f, 0, SEEK_END) == 0 && (len = ftell(f)) >= 0 && (buf = malloc((size_t)len + 1)) != NULL) {
        rewind(f);
        *size = fread(buf, 1, (size_t)len, f);
    }
    fclose(f);
    return buf;
}

/* A copy of the exact size, so that a sanitizer sees a read past the end. */
static void replay_file(const char *path)
{
    size_t size = 0;
    uint8_t *whole = slurp(path, &size);
    uint8_t *exact = malloc(size > 0 ? size : 1);

    if (whole == NULL || exact == NULL) {
        printf("Bail out! could not read \"%s\": %s\n", path, strerror(errno));
        exit(1);
    }
    memcpy(exact, whole, size);
    LLVMFuzzerTestOneInput(exact, size);
    printf("ok %d - %s\n", ++count, path);
    fflush(stdout);
    free(exact);
    free(whole);
}

static void replay_dir(const char *dir)
{
    struct dirent **names;
    int n = scandir(dir, &names, NULL, alphasort);

    for (int i = 0; i < n; i++) {
        char *path = NULL;

        if (names[i]->d_name[0] != '.' && asprintf(&path, "%s/%s", dir, names[i]->d_name) > 0)
            replay_file(path);
        free(path);
        free(names[i]);
    }
    if (n >= 0)
        free(names);
}

/* "…/fuzz_multipart" -> "multipart" */
static const char *target_name(const char *program)
{
    const char *slash = strrchr(program, '/');
    const char *base = slash != NULL ? slash + 1 : program;

    return strncmp(base, "fuzz_", 5) == 0 ? base + 5 : base;
}

static void replay_all(const char *name)
{
    static const char *const kinds[] = {"corpus", "regressions"};
    const char *src = getenv("LABELD_SRCDIR");

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        char *dir;

        if (asprintf(&dir, "%s/tests/fuzz/%s/%s", src != NULL ? src : ".", kinds[i], name) < 0)
            exit(1);
        replay_dir(dir);
        free(dir);
    }
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        replay_file(argv[i]);
    if (argc == 1)
        replay_all(target_name(argv[0]));
    if (count == 0)
        printf("not ok %d - no seed found for %s\n", ++count, argv[0]);
    printf("1..%d\n", count);
    return 0;
}
