/*
 * The semantics of src/hardware (Pcpu, TaggedTlb, TagSpace, Walker, LineCache) and src/cost/ledger.ts in C:
 * the yardstick of `npm run make -- bench-simulator`. It does the same work for each access: tags by context, true LRU,
 * walk caches, nested walks, page-table lines in three cache levels, owners and versions of entries, ghosts,
 * and one ledger row for each cause. Arrays of at most 8 ways are searched way by way; larger ones through a
 * hint for each key, as in TypeScript. LRU only; no PCIDs, no INVLPG, and a stale hit ends the program.
 *
 * Usage: kernel-reference IMAGE PASSES. The image is what kernel-image.ts writes. Every pass starts from empty
 * arrays; the first is not timed. Prints one line of JSON: accesses of one pass, CPU seconds of all timed
 * passes, the ledger's counts and ticks.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LEVELS = 4, KINDS = 44, LOCATIONS = 4, WALK_ROW = 1 + LOCATIONS, LINE_WAYS = 8, NO_KEY = -1 };
/* Rows of the ledger, in the order of src/cost/ledger.ts; the image carries them to be checked. */
enum { WORLD_SWITCH = 3, FLUSH_ASID = 4, FLUSH_ALL = 5, SECOND_LEVEL_HIT = 13, WALK_KINDS = 14 };
enum { REFILL_TLB, REFILL_WALK_CACHE, REFILL_NESTED_TLB, MISS_COLD, MISS_CAPACITY, MISS_INVALIDATED };
enum { SEARCHED_WAYS = 8, MAX_TAGS = 1 << 24, MAX_ASIDS = 16 };

typedef struct {
  int32_t entries, ways, sets;
  int32_t *key, *tag, *owner, *stamp, *hint, *copies;
  double *born;
  int32_t clock, full_at;
} tlb;

typedef struct { int32_t leaf, global, upper, nested, alive; } asid_tags;
typedef struct { int32_t asid, owner, leaf, global, upper, nested; } context;

static uint8_t *dead;
static int32_t next_tag, retirements;
static asid_tags asids[MAX_ASIDS];
static int64_t counts[KINDS];
static int64_t price[KINDS], ticks;

/* ---- the image ---- */
static int32_t records, rows, nested_rows, keys, lines, steps, host_owner;
static int32_t *mappings, *step_list;
static uint8_t *is_data;
static int32_t *row_key, *row_low, *row_global, *row_leaf, *row_line, *row_upper_key, *row_upper_low, *row_table,
    *row_page;
static int32_t *n_key, *n_low, *n_leaf, *n_line, *n_upper_key, *n_upper_low;
static uint8_t *seen, *n_seen;
static double *required, *n_required, *n_born;
static int32_t geometry[10][2];

static tlb code, data, second, pde, upper, nested_tlb, nested_upper, line_level[3];
static int32_t line_tag;
static context host, guest, *running;

static inline void charge(int kind, int64_t count) {
  counts[kind] += count;
  ticks += count * price[kind];
}

/* ---- tags ---- */
static int32_t fresh(void) {
  if (next_tag == MAX_TAGS) { fprintf(stderr, "too many flushes\n"); exit(1); }
  return next_tag++;
}
static void retire(int32_t tag) { dead[tag] = 1; retirements++; }
static asid_tags *tags_of(int32_t asid) {
  asid_tags *t = &asids[asid];
  if (!t->alive) {
    t->global = fresh(); t->nested = fresh(); t->leaf = fresh(); t->upper = fresh();
    t->alive = 1;
  }
  return t;
}
static void flush_asid(int32_t asid) {
  asid_tags *t = &asids[asid];
  if (!t->alive) return;
  retire(t->leaf); retire(t->upper); retire(t->global); retire(t->nested);
  t->alive = 0;
}
static void refresh(context *c) {
  asid_tags *t = tags_of(c->asid);
  c->leaf = t->leaf; c->global = t->global; c->upper = t->upper; c->nested = t->nested;
}

/* ---- arrays ---- */
static void *zeroed(size_t count, size_t size) {
  void *p = calloc(count ? count : 1, size);
  if (!p) { fprintf(stderr, "no memory\n"); exit(1); }
  return p;
}
static void tlb_reset(tlb *t, int32_t entries, int32_t ways, int32_t key_count) {
  if (!t->key) {
    t->key = zeroed(entries, 4); t->tag = zeroed(entries, 4); t->owner = zeroed(entries, 4);
    t->stamp = zeroed(entries, 4); t->born = zeroed(entries, 8);
    t->hint = zeroed(key_count, 4); t->copies = zeroed(key_count, 4);
  }
  t->entries = entries; t->ways = ways; t->sets = entries / ways;
  for (int32_t i = 0; i < entries; i++) t->key[i] = NO_KEY;
  memset(t->tag, 0, 4 * (size_t)entries); memset(t->owner, 0, 4 * (size_t)entries);
  memset(t->stamp, 0, 4 * (size_t)entries); memset(t->born, 0, 8 * (size_t)entries);
  memset(t->hint, 0, 4 * (size_t)key_count); memset(t->copies, 0, 4 * (size_t)key_count);
  t->clock = 0; t->full_at = -1;
}
static inline int32_t first_of(const tlb *t, int32_t low) {
  return (int32_t)((uint32_t)low % (uint32_t)t->sets) * t->ways;
}
static inline int32_t hit(tlb *t, int32_t slot) { t->stamp[slot] = ++t->clock; return slot; }
static inline __attribute__((always_inline)) int32_t search(tlb *t, int32_t first, int32_t ways, int32_t key,
                                                            int32_t a, int32_t b) {
  for (int32_t way = 0; way < ways; way++) {
    int32_t slot = first + way;
    if (t->key[slot] == key && (t->tag[slot] == a || t->tag[slot] == b)) return hit(t, slot);
  }
  return -1;
}
static inline __attribute__((always_inline)) int32_t lookup(tlb *t, int32_t key, int32_t low, int32_t a, int32_t b) {
  if (t->ways == 4) return search(t, first_of(t, low), 4, key, a, b);
  if (t->ways == 8) return search(t, first_of(t, low), 8, key, a, b);
  if (t->ways < SEARCHED_WAYS) return search(t, first_of(t, low), t->ways, key, a, b);
  int32_t hinted = t->hint[key];
  if (t->key[hinted] == key) {
    if (t->tag[hinted] == a || t->tag[hinted] == b) return hit(t, hinted);
    if (t->copies[key] == 1) return -1;
  } else if (t->copies[key] == 0) return -1;
  int32_t slot = search(t, first_of(t, low), t->ways, key, a, b);
  if (slot >= 0) t->hint[key] = slot;
  return slot;
}
/* Ghosts carry a retired tag; entries that were invalidated alone do not occur here. */
static int has_ghost(const tlb *t, int32_t key, int32_t low, int32_t owner) {
  if (t->copies[key] == 0) return 0;
  int32_t first = first_of(t, low);
  for (int32_t slot = first; slot < first + t->ways; slot++)
    if (t->key[slot] == key && t->owner[slot] == owner && t->tag[slot] != 0) return 1;
  return 0;
}
static int32_t victim(tlb *t, int32_t key, int32_t low, int32_t owner) {
  int32_t first = first_of(t, low), end = first + t->ways, oldest = first, free_slot = -1;
  int32_t oldest_stamp = INT32_MAX, free_stamp = INT32_MAX;
  if (t->full_at == retirements) {
    for (int32_t slot = 0; slot < t->entries; slot++)
      if (t->stamp[slot] < oldest_stamp) { oldest_stamp = t->stamp[slot]; oldest = slot; }
    return oldest;
  }
  for (int32_t slot = first; slot < end; slot++) {
    int32_t stamp = t->stamp[slot];
    if (dead[t->tag[slot]]) {
      if (t->key[slot] == key && t->owner[slot] == owner) return slot;
      if (stamp < free_stamp) { free_stamp = stamp; free_slot = slot; }
    } else if (stamp < oldest_stamp) { oldest_stamp = stamp; oldest = slot; }
  }
  if (free_slot >= 0) return free_slot;
  if (t->sets == 1) t->full_at = retirements;
  return oldest;
}
static void fill(tlb *t, int32_t key, int32_t low, int32_t tag, int32_t owner, double born) {
  int32_t slot = victim(t, key, low, owner), evicted = t->key[slot];
  if (evicted != NO_KEY) t->copies[evicted]--;
  t->copies[key]++;
  t->key[slot] = key; t->tag[slot] = tag; t->owner[slot] = owner; t->born[slot] = born;
  t->hint[key] = slot;
  t->stamp[slot] = ++t->clock;
}

/* ---- page-table lines ---- */
static int reference_line(int32_t line) {
  int level = 0;
  while (level < 3 && lookup(&line_level[level], line, line, line_tag, line_tag) < 0) level++;
  for (int nearer = 0; nearer < level; nearer++) fill(&line_level[nearer], line, line, line_tag, 0, 0);
  return level;
}
static inline void reference(int32_t line, int cause) {
  charge(WALK_KINDS + cause * WALK_ROW + 1 + reference_line(line), 1);
}

/* ---- walks ---- */
static double walk_born;
static int base;

static void stale(void) { fprintf(stderr, "a stale hit: not in this reference\n"); exit(1); }
static int32_t find(tlb *t, int32_t key, int32_t low, int32_t tag, int32_t owner) {
  int32_t slot = lookup(t, key, low, tag, tag);
  if (slot >= 0 && t->owner[slot] != owner) stale();
  return slot;
}
static int part_cause(const tlb *t, int32_t key, int32_t low, int32_t owner, int refill) {
  if (base == REFILL_TLB) return refill;
  if (base == MISS_INVALIDATED) return MISS_INVALIDATED;
  return has_ghost(t, key, low, owner) ? refill : base;
}
static void use_nested(double made, double need) {
  if (made < need && made < walk_born) walk_born = made;
}
static void walk_nested(int32_t nested, const context *c, int cause) {
  int32_t leaf = n_leaf[nested], level = LEVELS - 1;
  for (int32_t up = leaf + 1; up < LEVELS; up++) {
    int32_t at = nested * LEVELS + up;
    if (find(&nested_upper, n_upper_key[at], n_upper_low[at], c->nested, c->owner) >= 0) { level = up - 1; break; }
  }
  for (; level >= leaf; level--) {
    int32_t at = nested * LEVELS + level;
    reference(n_line[at], cause);
    if (level > leaf) fill(&nested_upper, n_upper_key[at], n_upper_low[at], c->nested, c->owner, 0);
  }
}
static void translate_nested(int32_t nested, const context *c, double now) {
  int32_t key = n_key[nested], low = n_low[nested];
  int32_t slot = find(&nested_tlb, key, low, c->nested, c->owner);
  if (slot >= 0) { use_nested(nested_tlb.born[slot], n_required[nested]); return; }
  int cause = part_cause(&nested_tlb, key, low, c->owner, REFILL_NESTED_TLB);
  if (cause == MISS_COLD && n_seen[nested]) cause = MISS_CAPACITY;
  n_seen[nested] = 1;
  walk_nested(nested, c, cause);
  double made = now < n_born[nested] ? now : n_born[nested];
  use_nested(made, n_required[nested]);
  fill(&nested_tlb, key, low, c->nested, c->owner, made);
}
static double walk(int32_t row, const context *c, int flushed, double now) {
  walk_born = now;
  base = flushed ? REFILL_TLB : seen[row] ? MISS_CAPACITY : MISS_COLD;
  charge(WALK_KINDS + base * WALK_ROW, 1);
  seen[row] = 1;
  int32_t leaf = row_leaf[row], cached = LEVELS;
  for (int32_t level = leaf + 1; level < LEVELS; level++) {
    int32_t at = row * LEVELS + level;
    tlb *cache = level == 1 ? &pde : &upper;
    if (find(cache, row_upper_key[at], row_upper_low[at], c->upper, c->owner) >= 0) { cached = level; break; }
  }
  for (int32_t level = cached - 1; level >= leaf; level--) {
    int32_t at = row * LEVELS + level, table = row_table[at];
    if (table >= 0 && !(cached < LEVELS && level == cached - 1)) translate_nested(table, c, now);
    if (level == leaf) { reference(row_line[at], base); continue; }
    tlb *cache = level == 1 ? &pde : &upper;
    int32_t key = row_upper_key[at], low = row_upper_low[at];
    reference(row_line[at], part_cause(cache, key, low, c->owner, REFILL_WALK_CACHE));
    fill(cache, key, low, c->upper, c->owner, now);
  }
  if (row_page[row] >= 0) translate_nested(row_page[row], c, now);
  return walk_born;
}

/* ---- the pCPU ---- */
static void miss_first(int32_t row, tlb *first) {
  const context *c = running;
  int32_t key = row_key[row], low = row_low[row];
  int32_t slot = lookup(&second, key, low, c->leaf, c->global);
  if (slot >= 0) {
    if (second.owner[slot] != c->owner || second.born[slot] < required[row]) stale();
    charge(SECOND_LEVEL_HIT, 1);
    fill(first, key, low, second.tag[slot], second.owner[slot], second.born[slot]);
    return;
  }
  int flushed = has_ghost(&second, key, low, c->owner) || has_ghost(first, key, low, c->owner);
  double born = walk(row, c, flushed, 1);
  if (born < required[row]) stale();
  int32_t tag = row_global[row] ? c->global : c->leaf;
  fill(&second, key, low, tag, c->owner, born);
  fill(first, key, low, tag, c->owner, born);
}
static void run(int32_t from, int32_t to) {
  const int32_t leaf = running->leaf, global = running->global, owner = running->owner;
  for (int32_t i = from; i < to; i++) {
    int32_t row = mappings[i];
    tlb *first = is_data[i] ? &data : &code;
    int32_t slot = lookup(first, row_key[row], row_low[row], leaf, global);
    if (slot < 0) miss_first(row, first);
    else if (first->owner[slot] != owner || first->born[slot] < required[row]) stale();
  }
}
static void vmrun(int32_t asid, int32_t control, int32_t owner) {
  if (control == 1) {
    charge(FLUSH_ALL, 1);
    for (int32_t each = 0; each < MAX_ASIDS; each++) flush_asid(each);
  } else if (control == 3) {
    charge(FLUSH_ASID, 1);
    flush_asid(asid);
  } else if (control != 0) { fprintf(stderr, "TLB_CONTROL %d\n", control); exit(1); }
  charge(WORLD_SWITCH, 1);
  guest.asid = asid; guest.owner = owner;
  running = &guest;
  refresh(running);
}

static void reset(void) {
  memset(dead, 0, MAX_TAGS); dead[0] = 1;
  next_tag = 1; retirements = 0;
  memset(asids, 0, sizeof asids); memset(counts, 0, sizeof counts); ticks = 0;
  tlb *all[] = {&data, &code, &second, &upper, &pde, &nested_tlb, &nested_upper};
  for (int i = 0; i < 7; i++) tlb_reset(all[i], geometry[i][0], geometry[i][1], keys);
  for (int i = 0; i < 3; i++) tlb_reset(&line_level[i], geometry[7 + i][0], LINE_WAYS, lines);
  memset(seen, 0, rows); memset(n_seen, 0, nested_rows);
  line_tag = fresh();
  host.asid = 0; host.owner = host_owner; refresh(&host);
  guest.asid = 1; guest.owner = host_owner; refresh(&guest);
  running = &host;
}
static void pass(void) {
  for (int32_t s = 0; s < steps; s++) {
    const int32_t *step = step_list + 5 * s;
    vmrun(step[0], step[1], step[2]);
    run(step[3], step[4]);
    running = &host;
    refresh(running);
  }
}

static FILE *image;
static int32_t *ints(size_t count) {
  int32_t *p = zeroed(count, 4);
  if (fread(p, 4, count, image) != count) { fprintf(stderr, "the image ends too early\n"); exit(1); }
  return p;
}
static void load(const char *path) {
  image = fopen(path, "rb");
  if (!image) { perror(path); exit(1); }
  int32_t *h = ints(8);
  records = h[0]; rows = h[1]; nested_rows = h[2]; keys = h[3]; lines = h[4]; steps = h[5]; host_owner = h[6];
  if (h[7] != KINDS) { fprintf(stderr, "the ledger has other rows than this reference\n"); exit(1); }
  memcpy(geometry, ints(20), sizeof geometry);
  /* Prices in ticks exceed 32 bits: low and high half. */
  int32_t *p = ints(2 * KINDS);
  for (int k = 0; k < KINDS; k++) price[k] = (int64_t)p[2 * k + 1] * 1000000 + p[2 * k];
  step_list = ints((size_t)steps * 5);
  mappings = ints(records);
  int32_t *sides = ints(records);
  is_data = zeroed(records, 1);
  for (int32_t i = 0; i < records; i++) is_data[i] = (uint8_t)sides[i];
  free(sides);
  row_key = ints(rows); row_low = ints(rows); row_global = ints(rows); row_leaf = ints(rows);
  row_line = ints((size_t)rows * LEVELS); row_upper_key = ints((size_t)rows * LEVELS);
  row_upper_low = ints((size_t)rows * LEVELS); row_table = ints((size_t)rows * LEVELS); row_page = ints(rows);
  n_key = ints(nested_rows); n_low = ints(nested_rows); n_leaf = ints(nested_rows);
  n_line = ints((size_t)nested_rows * LEVELS); n_upper_key = ints((size_t)nested_rows * LEVELS);
  n_upper_low = ints((size_t)nested_rows * LEVELS);
  fclose(image);
  seen = zeroed(rows, 1); n_seen = zeroed(nested_rows, 1);
  required = zeroed(rows, 8); n_required = zeroed(nested_rows, 8); n_born = zeroed(nested_rows, 8);
  for (int32_t i = 0; i < nested_rows; i++) n_born[i] = 1e300;
  dead = zeroed(MAX_TAGS, 1);
}

int main(int argc, char **argv) {
  if (argc != 3) { fprintf(stderr, "usage: kernel-reference IMAGE PASSES\n"); return 2; }
  load(argv[1]);
  int passes = atoi(argv[2]);
  clock_t spent = 0;
  for (int n = 0; n <= passes; n++) {
    reset();
    clock_t before = clock();
    pass();
    if (n > 0) spent += clock() - before;
  }
  printf("{\"cpuSeconds\":%.6f,\"ticks\":%lld,\"counts\":[", (double)spent / CLOCKS_PER_SEC, (long long)ticks);
  for (int k = 0; k < KINDS; k++) printf("%s%lld", k ? "," : "", (long long)counts[k]);
  printf("]}\n");
  return 0;
}
