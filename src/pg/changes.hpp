#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "pg/value.hpp"

// How a backend that keeps what it has read hears that it has changed.

namespace policies::pg {

/// Counts what may have changed the rows of some relations, or who may read them, in whichever session.
/// Changes of rows count only where announce_change() tells of them. An object of static duration.
class ChangeWatch {
public:
    static constexpr std::size_t max_relations = 4;

    /// Begins to watch these relations, and no others.
    void watch(std::span<const Oid> relations);

    std::uint64_t count() const noexcept { return count_; }

    /// Takes note that a relation has changed, or with no_oid that any may have.
    void hear(Oid relation) noexcept;

private:
    std::array<Oid, max_relations> relations_{};
    std::uint64_t count_{0};
    bool is_started_{false};
};

/// Has every backend that watches a relation count a change, once this transaction is committed; this one at
/// once.
void announce_change(Oid relation);

/// Hears of what others have committed, once for each snapshot that sees more than the one before. PostgreSQL
/// itself does so when a transaction first locks a table, and a statement may lock none.
void hear_of_changes();

/// What a snapshot sees, to compare those of one backend by. They are taken one after the other.
struct SnapshotMark {
    std::uint32_t end{0};          ///< no transaction from here on is seen
    std::uint32_t running{0};      ///< so many before it are not seen either
    std::int32_t running_below{0}; ///< nor so many subtransactions
    std::uint32_t command{0};      ///< of the own transaction, no command from here on is seen
    std::uint64_t transaction{0};  ///< by transaction_number()

    bool operator==(const SnapshotMark&) const = default;

    /// Whether it sees whatever another one does.
    bool sees_all_of(const SnapshotMark& other) const noexcept;
};

/// The snapshot by which the running statement reads.
SnapshotMark active_snapshot();

/// A snapshot of what is committed now; nothing where the transaction keeps to an earlier one.
std::optional<SnapshotMark> latest_snapshot();

/// Whether all statements of the transaction read with one snapshot, which later transactions do not share.
bool has_transaction_snapshot();

/// Numbers the transactions of a backend, from 1 on.
std::uint64_t transaction_number();

} // namespace policies::pg
