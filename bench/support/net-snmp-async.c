/*
 * The asynchronous API of the Net-SNMP C library over the farm: one session a device, epoll, ten columns packed in each
 * GETBULK, values decoded into arrays. Each line on its input is a cycle; each cycle prints what it cost.
 *
 *   net-snmp-async DEVICES PORT
 */
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/library/large_fd_set.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/time.h>

enum { PORTS = 48, COLUMNS = 10, REPETITIONS = 7 };

static oid names[COLUMNS][12] = {
  { 1, 3, 6, 1, 2, 1, 2, 2, 1, 8 },         { 1, 3, 6, 1, 2, 1, 2, 2, 1, 13 },
  { 1, 3, 6, 1, 2, 1, 2, 2, 1, 14 },        { 1, 3, 6, 1, 2, 1, 2, 2, 1, 19 },
  { 1, 3, 6, 1, 2, 1, 2, 2, 1, 20 },        { 1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 6 },
  { 1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 7 },     { 1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 10 },
  { 1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 11 },    { 1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 15 },
};
static const int lengths[COLUMNS] = { 10, 10, 10, 10, 10, 11, 11, 11, 11, 11 };
static const oid up_time[] = { 1, 3, 6, 1, 2, 1, 1, 3 };

struct device { void *session; int fd; oid last; unsigned long up_time; unsigned long long cells[PORTS][COLUMNS]; };

static struct device *devices;
static int left, failed;
static long values;

static void ask(struct device *device);

static int answered(int operation, netsnmp_session *session, int id, netsnmp_pdu *pdu, void *magic) {
  struct device *device = magic;
  (void)session;
  (void)id;
  if (operation != NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE || pdu->errstat != 0) {
    failed++;
    left--;
    return 1;
  }
  netsnmp_variable_list *variable = pdu->variables;
  if (variable != NULL && variable->type == ASN_TIMETICKS) {
    device->up_time = *variable->val.integer;
    variable = variable->next_variable;
  }
  oid last = device->last;
  int is_ended = 0;
  for (int i = 0; variable != NULL; variable = variable->next_variable, i++) {
    int c = i % COLUMNS;
    if (variable->type >= SNMP_NOSUCHOBJECT || variable->name_length != (size_t)lengths[c] + 1 ||
        memcmp(variable->name, names[c], lengths[c] * sizeof(oid)) != 0) {
      is_ended = 1;
      continue;
    }
    oid index = variable->name[lengths[c]];
    if (index < 1 || index > PORTS) continue;
    device->cells[index - 1][c] = variable->type == ASN_COUNTER64
      ? (unsigned long long)variable->val.counter64->high << 32 | variable->val.counter64->low
      : (unsigned long long)*variable->val.integer;
    values++;
    last = index;
  }
  if (is_ended || last == device->last) {
    values++;
    left--;
    return 1;
  }
  device->last = last;
  ask(device);
  return 1;
}

static void ask(struct device *device) {
  netsnmp_pdu *pdu = snmp_pdu_create(SNMP_MSG_GETBULK);
  pdu->non_repeaters = 1;
  pdu->max_repetitions = REPETITIONS;
  snmp_add_null_var(pdu, up_time, OID_LENGTH(up_time));
  for (int c = 0; c < COLUMNS; c++) {
    if (device->last > 0) names[c][lengths[c]] = device->last;
    snmp_add_null_var(pdu, names[c], lengths[c] + (device->last > 0 ? 1 : 0));
  }
  if (snmp_sess_async_send(device->session, pdu, answered, device) == 0) {
    snmp_free_pdu(pdu);
    failed++;
    left--;
  }
}

static double cpu_ms(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e3 + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e3;
}

static double wall_ms(void) {
  struct timeval now;
  gettimeofday(&now, NULL);
  return now.tv_sec * 1e3 + now.tv_usec / 1e3;
}

static void cycle(int count, int poll, netsnmp_large_fd_set *set) {
  double cpu = cpu_ms(), wall = wall_ms();
  left = count;
  values = failed = 0;
  for (int i = 0; i < count; i++) {
    devices[i].last = 0;
    ask(&devices[i]);
  }
  struct epoll_event events[256];
  while (left > 0) {
    int ready = epoll_wait(poll, events, 256, 100);
    for (int i = 0; i < ready; i++) {
      struct device *device = events[i].data.ptr;
      NETSNMP_LARGE_FD_SET(device->fd, set);
      snmp_sess_read2(device->session, set);
      NETSNMP_LARGE_FD_CLR(device->fd, set);
    }
    if (ready == 0) for (int i = 0; i < count; i++) snmp_sess_timeout(devices[i].session);
  }
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  printf("{\"cpuMs\":%.3f,\"wallMs\":%.3f,\"values\":%ld,\"failed\":%d,\"rssMb\":%ld}\n", cpu_ms() - cpu,
         wall_ms() - wall, values, failed, used.ru_maxrss / 1024);
  fflush(stdout);
}

int main(int argc, char **argv) {
  int count = argc > 1 ? atoi(argv[1]) : 0;
  const char *port = argc > 2 ? argv[2] : "161";
  int poll = epoll_create1(0);
  setenv("MIBS", "", 1);
  setenv("SNMP_PERSISTENT_DIR", "/tmp", 0);
  netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_PERSIST_STATE, 1);
  netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_READ_CONFIGS, 1);
  init_snmp("farm");
  devices = calloc(count, sizeof *devices);
  for (int i = 0; i < count; i++) {
    netsnmp_session session;
    char peer[64];
    snprintf(peer, sizeof peer, "127.1.%d.%d:%s", i >> 8, i & 255, port);
    snmp_sess_init(&session);
    session.version = SNMP_VERSION_2c;
    session.peername = peer;
    session.community = (u_char *)"public";
    session.community_len = 6;
    session.timeout = 1000000;
    session.retries = 3;
    devices[i].session = snmp_sess_open(&session);
    if (devices[i].session == NULL) return 1;
    devices[i].fd = snmp_sess_transport(devices[i].session)->sock;
    struct epoll_event wanted = { .events = EPOLLIN, .data = { .ptr = &devices[i] } };
    epoll_ctl(poll, EPOLL_CTL_ADD, devices[i].fd, &wanted);
  }
  netsnmp_large_fd_set set;
  netsnmp_large_fd_set_init(&set, devices[count - 1].fd + 1);
  NETSNMP_LARGE_FD_ZERO(&set);
  for (int byte = getchar(); byte != EOF; byte = getchar()) if (byte == '\n') cycle(count, poll, &set);
  return 0;
}
