/* Sends readings to one of the two under test, and times the commands that come back.
 *
 *   drive PORT PREFIX BEDROOMS PID back   N     one reading at a time, back to back
 *   drive PORT PREFIX BEDROOMS PID paced  N     the same with 15 ms of sleep before each
 *   drive PORT PREFIX BEDROOMS PID loaded N     always 32 readings under way
 *
 * Readings go to the bedrooms in turn, cold and warm by turns, so that each leads to a
 * command. Prints one line: the median and the 99th percentile of the latency of an "off", the
 * same of an "on", both in microseconds, the readings answered a second, and the processor
 * time that PID took for each, in microseconds. */
#include <dirent.h>
#include <mosquitto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { UNDER_WAY = 32, WARM_UP = 200, PACE_US = 15000, MOST_BEDROOMS = 10000 };

struct drive {
    struct mosquitto *client;
    const char *prefix;
    int bedrooms, sent, answered, subscribed;
    /* Of offs, and of ons. */
    double *latencies[2];
    int measured[2];
    /* When a bedroom's reading was sent that is not answered yet; else 0. */
    double begun[MOST_BEDROOMS];
    char warm[MOST_BEDROOMS];
    int turn;
};

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

/* What the kernel counts for every thread of the process, in microseconds. */
static double processor_time(const char *pid) {
    char path[300];
    double sum = 0;
    snprintf(path, sizeof path, "/proc/%s/task", pid);
    DIR *tasks = opendir(path);
    for (struct dirent *task; tasks != NULL && (task = readdir(tasks)) != NULL;) {
        double spent = 0;
        snprintf(path, sizeof path, "/proc/%s/task/%.20s/schedstat", pid, task->d_name);
        FILE *file = fopen(path, "r");
        if (file == NULL)
            continue;
        if (fscanf(file, "%lf", &spent) == 1)
            sum += spent / 1e3;
        fclose(file);
    }
    if (tasks != NULL)
        closedir(tasks);
    return sum;
}

/* To the next bedroom whose reading is answered. */
static void send_reading(struct drive *drive) {
    int bedroom = drive->turn % drive->bedrooms;
    while (drive->begun[bedroom] != 0)
        bedroom = ++drive->turn % drive->bedrooms;
    drive->turn = bedroom + 1;
    const char *reading = drive->warm[bedroom] ? "15.0" : "22.0";
    char topic[128];
    snprintf(topic, sizeof topic, "%s/b%d/temperature", drive->prefix, bedroom);
    drive->warm[bedroom] = !drive->warm[bedroom];
    drive->begun[bedroom] = now();
    drive->sent++;
    mosquitto_publish(drive->client, NULL, topic, 4, reading, 0, false);
}

static void command_came(struct mosquitto *client, void *with, const struct mosquitto_message *m) {
    (void)client;
    struct drive *drive = with;
    int on = m->payloadlen == 2;
    int bedroom = atoi(m->topic + strlen(drive->prefix) + 2);
    if (drive->begun[bedroom] == 0)
        return;
    drive->latencies[on][drive->measured[on]++] = now() - drive->begun[bedroom];
    drive->begun[bedroom] = 0;
    drive->answered++;
}

static void subscribed(struct mosquitto *client, void *with, int id, int n, const int *qos) {
    (void)client, (void)id, (void)n, (void)qos;
    ((struct drive *)with)->subscribed = 1;
}

/* Works until so many are answered; says whose answer is missing if none comes. */
static void wait_for(struct drive *drive, int answers) {
    double patience = now() + 10e6;
    while (drive->answered < answers) {
        if (mosquitto_loop(drive->client, 1000, 1) != MOSQ_ERR_SUCCESS || now() > patience) {
            fprintf(stderr, "drive: %s answered %d of %d readings\n", drive->prefix,
                    drive->answered, drive->sent);
            exit(1);
        }
    }
}

static void drive_for(struct drive *drive, const char *how, int readings) {
    int under_way = strcmp(how, "loaded") == 0 ? UNDER_WAY : 1;
    while (drive->sent < readings) {
        if (strcmp(how, "paced") == 0)
            usleep(PACE_US);
        send_reading(drive);
        wait_for(drive, drive->sent - under_way + 1);
    }
    wait_for(drive, readings);
}

/* Whatever is on its way arrives, and is counted for nothing. */
static void settle(struct drive *drive) {
    double settled = now() + 1e6;
    while (now() < settled)
        mosquitto_loop(drive->client, 100, 1);
    memset(drive->begun, 0, sizeof drive->begun);
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int count, char **arguments) {
    if (count != 7) {
        fprintf(stderr, "usage: drive PORT PREFIX BEDROOMS PID back|paced|loaded N\n");
        return 2;
    }
    static struct drive drive;
    int readings = atoi(arguments[6]);
    drive.prefix = arguments[2];
    drive.bedrooms = atoi(arguments[3]);
    for (int on = 0; on < 2; on++)
        drive.latencies[on] =
            calloc((size_t)(readings + WARM_UP + drive.bedrooms * 2), sizeof(double));

    mosquitto_lib_init();
    drive.client = mosquitto_new(NULL, true, &drive);
    mosquitto_message_callback_set(drive.client, command_came);
    mosquitto_subscribe_callback_set(drive.client, subscribed);
    mosquitto_int_option(drive.client, MOSQ_OPT_TCP_NODELAY, 1);
    if (mosquitto_connect(drive.client, "127.0.0.1", atoi(arguments[1]), 60) != MOSQ_ERR_SUCCESS)
        return 1;
    char filter[128];
    snprintf(filter, sizeof filter, "%s/+/heater/set", drive.prefix);
    mosquitto_subscribe(drive.client, NULL, filter, 0);
    while (!drive.subscribed)
        mosquitto_loop(drive.client, 1000, 1);

    /* Every bedroom is first told to be warm, which may change nothing, and every second one to
     * be cold: from then on there are as many offs as ons. */
    for (int step = 1; step <= 2; step++) {
        for (int bedroom = step - 1; bedroom < drive.bedrooms; bedroom += step) {
            drive.turn = bedroom;
            send_reading(&drive);
        }
        settle(&drive);
    }
    drive.turn = 0;
    drive.sent = drive.answered = 0;
    drive_for(&drive, "back", WARM_UP);

    drive.sent = drive.answered = drive.measured[0] = drive.measured[1] = 0;
    double before = processor_time(arguments[4]), begun = now();
    drive_for(&drive, arguments[5], readings);
    double took = now() - begun, spent = processor_time(arguments[4]) - before;
    for (int on = 0; on < 2; on++) {
        int many = drive.measured[on];
        qsort(drive.latencies[on], (size_t)many, sizeof(double), by_size);
        printf("%.1f %.1f ", drive.latencies[on][many / 2], drive.latencies[on][many * 99 / 100]);
    }
    printf("%.0f %.2f\n", readings / took * 1e6, spent / readings);
    return 0;
}
