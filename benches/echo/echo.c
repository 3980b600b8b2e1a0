/* Answers every reading with the three publishes of a decision, and decides nothing: what
 * the daemon is measured against.
 *
 *   echo PORT ACTION STATE
 *
 * On echo/<bedroom>/temperature it publishes to echo/<bedroom>/heater/set (QoS 0), then the
 * bytes of the file ACTION (QoS 1) and of the file STATE (QoS 0, retained), which the daemon
 * once wrote for a decision of its own. */
#include <mosquitto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bytes {
    char *start;
    int length;
};

struct answers {
    struct bytes action, state;
};

static void answer(struct mosquitto *client, void *with, const struct mosquitto_message *reading) {
    const struct answers *answers = with;
    const char *name = reading->topic + strlen("echo/");
    int length = (int)strcspn(name, "/");
    const char *command = atof(reading->payload) < 20 ? "ON" : "OFF";
    char topic[128];

    snprintf(topic, sizeof topic, "echo/%.*s/heater/set", length, name);
    mosquitto_publish(client, NULL, topic, (int)strlen(command), command, 0, false);
    snprintf(topic, sizeof topic, "echo/%.*s/action", length, name);
    mosquitto_publish(client, NULL, topic, answers->action.length, answers->action.start, 1, false);
    snprintf(topic, sizeof topic, "echo/%.*s/state", length, name);
    mosquitto_publish(client, NULL, topic, answers->state.length, answers->state.start, 0, true);
}

static void listen_again(struct mosquitto *client, void *with, int refused) {
    (void)with;
    if (refused == 0)
        mosquitto_subscribe(client, NULL, "echo/+/temperature", 0);
}

static struct bytes read_file(const char *path) {
    static const int most = 1 << 20;
    struct bytes bytes = {malloc((size_t)most), 0};
    FILE *file = fopen(path, "rb");
    if (bytes.start == NULL || file == NULL) {
        perror(path);
        exit(2);
    }
    bytes.length = (int)fread(bytes.start, 1, (size_t)most, file);
    fclose(file);
    return bytes;
}

int main(int count, char **arguments) {
    if (count != 4) {
        fprintf(stderr, "usage: echo PORT ACTION STATE\n");
        return 2;
    }
    struct answers answers = {read_file(arguments[2]), read_file(arguments[3])};
    mosquitto_lib_init();
    struct mosquitto *client = mosquitto_new("echo", true, &answers);
    mosquitto_connect_callback_set(client, listen_again);
    mosquitto_message_callback_set(client, answer);
    mosquitto_int_option(client, MOSQ_OPT_TCP_NODELAY, 1);
    mosquitto_max_inflight_messages_set(client, 0);
    if (mosquitto_connect(client, "127.0.0.1", atoi(arguments[1]), 60) != MOSQ_ERR_SUCCESS) {
        fprintf(stderr, "echo: no broker at port %s\n", arguments[1]);
        return 1;
    }
    return mosquitto_loop_forever(client, -1, 1) != MOSQ_ERR_SUCCESS;
}
