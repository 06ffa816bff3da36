/*
 * A farm of SNMP agents for measurements: every address 127.1.x.y is a device with sysUpTime and 48 interfaces of ten
 * columns. One socket, batches of datagrams, replies made without a library, so that it outruns every poller.
 *
 *   farm DEVICES REPLY_BYTES SILENT_PERCENT LATENCY_MS     prints the port, then serves until its input ends
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PORTS = 48, COLUMNS = 10, BATCH = 64, LARGEST = 65507, REQUEST = 4096, WAITING = 1 << 15 };

struct column { uint8_t prefix[12]; int length; uint8_t tag; };

/* In the order of their OIDs: ifTable 8 13 14 19 20, ifXTable 6 7 10 11 15. */
static struct column columns[COLUMNS] = {
  { { 0x2b, 6, 1, 2, 1, 2, 2, 1, 8 }, 9, 0x02 },        { { 0x2b, 6, 1, 2, 1, 2, 2, 1, 13 }, 9, 0x41 },
  { { 0x2b, 6, 1, 2, 1, 2, 2, 1, 14 }, 9, 0x41 },       { { 0x2b, 6, 1, 2, 1, 2, 2, 1, 19 }, 9, 0x41 },
  { { 0x2b, 6, 1, 2, 1, 2, 2, 1, 20 }, 9, 0x41 },       { { 0x2b, 6, 1, 2, 1, 31, 1, 1, 1, 6 }, 10, 0x46 },
  { { 0x2b, 6, 1, 2, 1, 31, 1, 1, 1, 7 }, 10, 0x46 },   { { 0x2b, 6, 1, 2, 1, 31, 1, 1, 1, 10 }, 10, 0x46 },
  { { 0x2b, 6, 1, 2, 1, 31, 1, 1, 1, 11 }, 10, 0x46 },  { { 0x2b, 6, 1, 2, 1, 31, 1, 1, 1, 15 }, 10, 0x42 },
};
static const uint8_t up_time[8] = { 0x2b, 6, 1, 2, 1, 1, 3, 0 };

/* A place in the view: sysUpTime (column -1), a cell, or the end (column COLUMNS). */
struct place { int column; int row; };

static uint64_t now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* All sub-identifiers here are below 128, so that bytes compare like numbers. */
static int compare(const uint8_t *a, int a_length, const uint8_t *b, int b_length) {
  int order = memcmp(a, b, a_length < b_length ? a_length : b_length);
  return order != 0 ? order : a_length - b_length;
}

static struct place after(const uint8_t *oid, int length) {
  if (compare(oid, length, up_time, sizeof up_time) < 0) return (struct place){ -1, 0 };
  for (int c = 0; c < COLUMNS; c++) {
    const struct column *column = &columns[c];
    if (length >= column->length && memcmp(oid, column->prefix, column->length) == 0) {
      int row = length > column->length ? oid[column->length] + 1 : 1;
      return row <= PORTS ? (struct place){ c, row } : (struct place){ c + 1, 1 };
    }
    if (compare(oid, length, column->prefix, column->length) < 0) return (struct place){ c, 1 };
  }
  return (struct place){ COLUMNS, 0 };
}

static struct place next(struct place p) {
  if (p.column == -1) return (struct place){ 0, 1 };
  if (p.column == COLUMNS) return p;
  return p.row < PORTS ? (struct place){ p.column, p.row + 1 } : (struct place){ p.column + 1, 1 };
}

/* The value of a cell: counters differ by device, port and column and advance with time. */
static uint64_t value_of(uint32_t device, struct place p, uint64_t ms) {
  if (p.column == 0) return (device + p.row) % 16 == 0 ? 2 : 1;
  if (p.column == 9) return 1000;
  uint64_t seed = (uint64_t)device * 48 + p.row + (uint64_t)p.column * 7919;
  if (p.column < 5) return seed % 90000 + ms / 1000;
  /* Five bytes, so that seven rows fill a reply of 1472 bytes. */
  return (seed * 1234567 + ms * 125) & 0x7fffffffff;
}

static uint8_t *put_number(uint8_t *at, uint8_t tag, uint64_t value) {
  int size = 1;
  while (size < 9 && (size < 8 ? value >> (8 * size - 1) : value >> 63) != 0) size++;
  *at++ = tag;
  *at++ = size;
  for (int i = size - 1; i >= 0; i--) *at++ = i > 7 ? 0 : (uint8_t)(value >> (8 * i));
  return at;
}

/* Writes the binding of a place; NULL when it does not fit, for which buffers are larger than replies; `name` is asked again at the end of the view. */
static uint8_t *put(uint8_t *at, uint8_t *end, struct place p, uint32_t device, const uint8_t *name, int length, uint64_t ms) {
  uint8_t *start = at;
  at += 4;
  if (p.column == COLUMNS) {
    memcpy(at, name, length);
    at += length;
  } else if (p.column == -1) {
    memcpy(at, up_time, sizeof up_time);
    at += sizeof up_time;
  } else {
    memcpy(at, columns[p.column].prefix, columns[p.column].length);
    at += columns[p.column].length;
    *at++ = p.row;
  }
  start[0] = 0x30;
  start[2] = 0x06;
  start[3] = at - start - 4;
  if (p.column == COLUMNS) {
    *at++ = 0x82;
    *at++ = 0;
  } else if (p.column == -1) at = put_number(at, 0x43, ms / 10 + device);
  else at = put_number(at, columns[p.column].tag, value_of(device, p, ms));
  start[1] = at - start - 2;
  return at <= end ? at : NULL;
}

struct reader { const uint8_t *at, *end; int tag; int length; };

static int header(struct reader *r) {
  if (r->end - r->at < 2) return 0;
  r->tag = *r->at++;
  int length = *r->at++;
  if (length >= 0x80) {
    int count = length & 0x7f;
    if (count == 0 || count > 2 || r->end - r->at < count) return 0;
    for (length = 0; count > 0; count--) length = length << 8 | *r->at++;
  }
  if (length > r->end - r->at) return 0;
  r->length = length;
  return 1;
}

static int number(struct reader *r, int *value) {
  if (!header(r) || r->tag != 0x02 || r->length > 4) return 0;
  *value = 0;
  for (int i = 0; i < r->length; i++) *value = *value << 8 | *r->at++;
  return 1;
}

/* Answers one request into `out`; 0 for what is none. */
static int answer(const uint8_t *in, int size, uint32_t device, uint8_t *out, int largest, uint64_t ms) {
  struct reader r = { in, in + size, 0, 0 };
  if (!header(&r) || r.tag != 0x30) return 0;
  const uint8_t *head = r.at;
  int ignored, first, second;
  if (!number(&r, &ignored) || !header(&r) || r.tag != 0x04) return 0;
  r.at += r.length;
  int head_length = r.at - head;
  if (!header(&r)) return 0;
  int kind = r.tag;
  const uint8_t *id = r.at;
  if (!number(&r, &ignored)) return 0;
  int id_length = r.at - id;
  if (!number(&r, &first) || !number(&r, &second) || !header(&r) || r.tag != 0x30) return 0;
  const uint8_t *names[128];
  int lengths[128], count = 0;
  struct place places[128];
  const uint8_t *list_end = r.at + r.length;
  while (r.at < list_end && count < 128) {
    if (!header(&r) || r.tag != 0x30) return 0;
    const uint8_t *row_end = r.at + r.length;
    if (!header(&r) || r.tag != 0x06 || r.length > 100) return 0;
    names[count] = r.at;
    lengths[count] = r.length;
    places[count] = after(r.at, r.length);
    count++;
    r.at = row_end;
  }
  /* Headers with lengths of two bytes are written first, and patched. */
  uint8_t *at = out + 4;
  memcpy(at, head, head_length);
  at += head_length;
  uint8_t *pdu = at;
  at += 4;
  memcpy(at, id, id_length);
  at += id_length;
  memcpy(at, "\x02\x01\x00\x02\x01\x00", 6);
  at += 6;
  uint8_t *list = at;
  at += 4;
  uint8_t *end = out + largest;
  int repeats = kind == 0xa5 ? second : 1;
  int single = kind == 0xa5 ? (first < count ? first : count) : 0;
  for (int i = 0; i < single && at != NULL; i++) {
    uint8_t *more = put(at, end, places[i], device, names[i], lengths[i], ms);
    if (more == NULL) repeats = 0;
    else at = more;
  }
  for (int turn = 0; turn < repeats; turn++) {
    for (int i = single; i < count; i++) {
      uint8_t *more = put(at, end, places[i], device, names[i], lengths[i], ms);
      if (more == NULL) {
        turn = repeats;
        break;
      }
      at = more;
      places[i] = next(places[i]);
    }
  }
  int sizes[3] = { (int)(at - out) - 4, (int)(at - pdu) - 4, (int)(at - list) - 4 };
  uint8_t *starts[3] = { out, pdu, list };
  uint8_t tags[3] = { 0x30, 0xa2, 0x30 };
  for (int i = 0; i < 3; i++) {
    starts[i][0] = tags[i];
    starts[i][1] = 0x82;
    starts[i][2] = sizes[i] >> 8;
    starts[i][3] = sizes[i];
  }
  return at - out;
}

/* One datagram with the address it came to and goes back from. */
struct packet {
  struct sockaddr_in peer;
  union { char bytes[CMSG_SPACE(sizeof(struct in_pktinfo))]; struct cmsghdr align; } control;
};

static uint32_t device_of(struct msghdr *m) {
  for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c != NULL; c = CMSG_NXTHDR(m, c)) {
    if (c->cmsg_level != IPPROTO_IP || c->cmsg_type != IP_PKTINFO) continue;
    struct in_pktinfo *info = (struct in_pktinfo *)CMSG_DATA(c);
    info->ipi_spec_dst = info->ipi_addr;
    info->ipi_ifindex = 0;
    return ntohl(info->ipi_addr.s_addr) & 0xffff;
  }
  return 0;
}

struct waiting { uint64_t due; int size; struct packet packet; uint8_t bytes[1500]; };

static uint8_t requests[BATCH][REQUEST], replies[BATCH][LARGEST + 256];
static struct packet packets[BATCH];
static struct mmsghdr incoming[BATCH], outgoing[BATCH];
static struct iovec in_vectors[BATCH], out_vectors[BATCH];

static void send_all(int socket, int count) {
  for (int sent = 0; sent < count;) {
    int n = sendmmsg(socket, outgoing + sent, count - sent, 0);
    /* What the kernel refuses is lost, as on any network. */
    sent += n > 0 ? n : 1;
  }
}

static void prepare(int slot, struct packet *packet, void *bytes, int size) {
  out_vectors[slot] = (struct iovec){ bytes, size };
  outgoing[slot].msg_hdr = (struct msghdr){ &packet->peer, sizeof packet->peer, &out_vectors[slot], 1,
                                            packet->control.bytes, sizeof packet->control.bytes, 0 };
}

int main(int argc, char **argv) {
  uint32_t devices = argc > 1 ? atoi(argv[1]) : 1000;
  int largest = argc > 2 ? atoi(argv[2]) : 1472;
  int silent = argc > 3 ? atoi(argv[3]) : 0;
  uint64_t latency = argc > 4 ? atoi(argv[4]) : 0;
  int fd = socket(AF_INET, SOCK_DGRAM, 0), on = 1, wanted = 4 << 20;
  struct sockaddr_in own = { .sin_family = AF_INET };
  socklen_t own_size = sizeof own;
  setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &wanted, sizeof wanted);
  setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &wanted, sizeof wanted);
  if (bind(fd, (struct sockaddr *)&own, sizeof own) != 0) return 1;
  getsockname(fd, (struct sockaddr *)&own, &own_size);
  printf("%d\n", ntohs(own.sin_port));
  fflush(stdout);
  struct waiting *ring = latency > 0 ? calloc(WAITING, sizeof *ring) : NULL;
  uint32_t oldest = 0, newest = 0;
  for (;;) {
    struct pollfd polled[2] = { { fd, POLLIN, 0 }, { 0, POLLIN, 0 } };
    /* Whole milliseconds would make each of seven round trips up to two of them longer. */
    uint64_t us = now_us(), due = newest == oldest ? 0 : ring[oldest % WAITING].due, left = due > us ? due - us : 0;
    struct timespec wait = { left / 1000000, left % 1000000 * 1000 };
    ppoll(polled, 2, newest == oldest ? NULL : &wait, NULL);
    char byte;
    if (polled[1].revents != 0 && read(0, &byte, 1) <= 0) return 0;
    us = now_us();
    int ready = 0;
    while (newest != oldest && ring[oldest % WAITING].due <= us && ready < BATCH) {
      struct waiting *w = &ring[oldest++ % WAITING];
      prepare(ready++, &w->packet, w->bytes, w->size);
    }
    send_all(fd, ready);
    if ((polled[0].revents & POLLIN) == 0) continue;
    for (int i = 0; i < BATCH; i++) {
      in_vectors[i] = (struct iovec){ requests[i], REQUEST };
      incoming[i].msg_hdr = (struct msghdr){ &packets[i].peer, sizeof packets[i].peer, &in_vectors[i], 1,
                                             packets[i].control.bytes, sizeof packets[i].control.bytes, 0 };
    }
    int received = recvmmsg(fd, incoming, BATCH, MSG_DONTWAIT, NULL);
    ready = 0;
    for (int i = 0; i < received; i++) {
      uint32_t device = device_of(&incoming[i].msg_hdr);
      if (device >= devices || (silent > 0 && device % 100 < (uint32_t)silent)) continue;
      int size = answer(requests[i], incoming[i].msg_len, device, replies[ready], largest, us / 1000);
      if (size == 0) continue;
      if (latency == 0) {
        prepare(ready, &packets[i], replies[ready], size);
        ready++;
      } else if (newest - oldest < WAITING && size <= 1500) {
        struct waiting *w = &ring[newest++ % WAITING];
        w->due = us + latency * 1000;
        w->size = size;
        w->packet = packets[i];
        memcpy(w->bytes, replies[ready], size);
      }
    }
    send_all(fd, ready);
  }
}
