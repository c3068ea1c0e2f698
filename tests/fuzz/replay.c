/* Runs a fuzz target over the files of its corpus folders, so that every build replays what fuzzing has found. */
#include <assert.h>
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void replay_file(const char *path)
{
        FILE *file = fopen(path, "rb");
        assert(file);
        fseek(file, 0, SEEK_END);
        size_t size = (size_t)ftell(file);
        rewind(file);
        uint8_t *data = malloc(size ? size : 1); /* sized exactly: an over-read is found */
        assert(data && fread(data, 1, size, file) == size);
        fclose(file);
        LLVMFuzzerTestOneInput(data, size);
        free(data);
}

static unsigned replay_folder(const char *folder)
{
        DIR *dir = opendir(folder);
        unsigned files = 0;
        for (struct dirent *entry; dir && (entry = readdir(dir));) {
                char path[4096];
                if (entry->d_name[0] == '.')
                        continue;
                snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
                replay_file(path);
                files++;
        }
        if (dir)
                closedir(dir);
        return files;
}

int main(int argc, char **argv)
{
        unsigned files = 0;
        for (int i = 1; i < argc; i++)
                files += replay_folder(argv[i]);
        printf("%u inputs replayed\n", files);
        return files ? 0 : 1;
}
