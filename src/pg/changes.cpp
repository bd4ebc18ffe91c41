#include "pg/changes.hpp"

#include "pg/compatibility.hpp"
#include "pg/guard.hpp"

extern "C" {
#include "access/xact.h"
#include "utils/inval.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
}

namespace policies::pg {

namespace {

/// 0 as long as nobody has asked for it.
std::uint64_t transactions = 0;

SnapshotMark mark_of(const Snapshot snapshot) {
    return {.end = snapshot->xmax,
            .running = snapshot->xcnt,
            .running_below = snapshot->subxcnt,
            .command = snapshot->curcid,
            .transaction = transactions};
}

void on_transaction_end(XactEvent event, void*) {
    if (event != XACT_EVENT_PRE_COMMIT && event != XACT_EVENT_PARALLEL_PRE_COMMIT &&
        event != XACT_EVENT_PRE_PREPARE) {
        ++transactions;
    }
}

void on_relation_change(Datum watch, Oid relation) {
    reinterpret_cast<ChangeWatch*>(DatumGetPointer(watch))->hear(relation);
}

void on_rights_change(Datum watch, SystemCache, std::uint32_t) {
    reinterpret_cast<ChangeWatch*>(DatumGetPointer(watch))->hear(no_oid);
}

} // namespace

void ChangeWatch::hear(Oid relation) noexcept {
    if (relation == no_oid || std::ranges::find(relations_, relation) != relations_.end()) {
        ++count_;
    }
}

void ChangeWatch::watch(std::span<const Oid> relations) {
    relations_ = {};
    std::ranges::copy(relations.first(std::min(relations.size(), max_relations)), relations_.begin());
    if (!is_started_) {
        call([this] {
            CacheRegisterRelcacheCallback(on_relation_change, PointerGetDatum(this));
            // Memberships, attributes of roles, rights to a schema, and the functions that policies call.
            for (const SystemCache cache : {AUTHMEMROLEMEM, AUTHOID, NAMESPACEOID, PROCOID}) {
                CacheRegisterSyscacheCallback(cache, on_rights_change, PointerGetDatum(this));
            }
        });
        is_started_ = true;
    }
}

void announce_change(Oid relation) {
    call([&] { CacheInvalidateRelcacheByRelid(relation); });
}

// As long as a snapshot's end is the same, the transactions that it takes for running can only become fewer.
void hear_of_changes() {
    static TransactionId end = InvalidTransactionId;
    static std::uint32_t running = 0;
    static std::int32_t running_below = 0;
    if (!ActiveSnapshotSet()) {
        return;
    }
    const Snapshot snapshot = GetActiveSnapshot();
    if (snapshot->xmax == end && snapshot->xcnt == running && snapshot->subxcnt == running_below) {
        return;
    }
    call([] { AcceptInvalidationMessages(); });
    end = snapshot->xmax;
    running = snapshot->xcnt;
    running_below = snapshot->subxcnt;
}

bool SnapshotMark::sees_all_of(const SnapshotMark& other) const noexcept {
    if (transaction == other.transaction && command < other.command) {
        return false;
    }
    if (end != other.end) {
        return TransactionIdFollows(end, other.end);
    }
    // As long as the end is the same, those that run can only become fewer.
    return running != other.running ? running < other.running : running_below <= other.running_below;
}

SnapshotMark active_snapshot() {
    transaction_number();
    return ActiveSnapshotSet() ? mark_of(GetActiveSnapshot()) : SnapshotMark{};
}

std::optional<SnapshotMark> latest_snapshot() {
    if (has_transaction_snapshot()) {
        return std::nullopt;
    }
    transaction_number();
    return call([] { return mark_of(GetTransactionSnapshot()); });
}

bool has_transaction_snapshot() {
    return IsolationUsesXactSnapshot();
}

std::uint64_t transaction_number() {
    if (transactions == 0) {
        call([] { RegisterXactCallback(on_transaction_end, nullptr); });
        transactions = 1;
    }
    return transactions;
}

} // namespace policies::pg
