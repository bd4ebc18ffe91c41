#include "pg/table_statements.hpp"

#include <memory>

#include "pg/compatibility.hpp"
#include "pg/guard.hpp"

extern "C" {
#include "utils/inval.h"
#include "utils/syscache.h"
}

namespace policies::pg {

struct TableStatements::Kept {
    Oid table;
    TableStatement made;
    Statement statement{.sql = made.sql.c_str()};
    bool is_stale{false};
    int uses{
        0}; ///< executions that are under way: a trigger of the table that it writes to may lead back here

    bool is_made_of(Oid relation) const {
        return relation == table || std::ranges::find(made.relations, relation) != made.relations.end();
    }
};

/// Statements in the order in which they were made. Each keeps its place in memory, since one may be under
/// way while another is made or forgotten.
struct TableStatements::List {
    std::vector<std::unique_ptr<Kept>> all;
};

namespace {

/// Marks a statement as under way for the length of a scope.
class Use {
public:
    explicit Use(int& uses) noexcept : uses_(uses) { ++uses_; }

    ~Use() { --uses_; }

    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;

private:
    int& uses_;
};

void forget_statements(Datum statements, Oid relation) {
    reinterpret_cast<TableStatements*>(DatumGetPointer(statements))->hear(relation);
}

/// A statement names its tables by their schemas.
void on_schema_change(Datum statements, SystemCache, std::uint32_t) {
    reinterpret_cast<TableStatements*>(DatumGetPointer(statements))->hear(no_oid);
}

} // namespace

void TableStatements::hear(Oid relation) noexcept {
    for (const auto& kept : list_->all) {
        kept->is_stale = kept->is_stale || relation == no_oid || kept->is_made_of(relation);
    }
}

void TableStatements::start() {
    if (list_ == nullptr) {
        list_ = new List;
        call([this] {
            CacheRegisterRelcacheCallback(forget_statements, PointerGetDatum(this));
            CacheRegisterSyscacheCallback(NAMESPACEOID, on_schema_change, PointerGetDatum(this));
        });
    }
}

void TableStatements::forget_stale() {
    const auto is_forgettable = [](const auto& kept) { return kept->is_stale && kept->uses == 0; };
    for (const auto& kept : list_->all) {
        if (is_forgettable(kept) && kept->statement.plan != nullptr) {
            call([&] { SPI_freeplan(kept->statement.plan); });
        }
    }
    std::erase_if(list_->all, is_forgettable);
}

TableStatements::Kept& TableStatements::find(const RowTrigger& trigger) {
    start();
    forget_stale();
    const Oid table = trigger.table_oid();
    const auto found = std::ranges::find_if(
        list_->all, [&](const auto& kept) { return kept->table == table && !kept->is_stale; });
    if (found != list_->all.end()) {
        return **found;
    }
    auto made = make_(trigger);
    return *list_->all.emplace_back(std::make_unique<Kept>(table, std::move(made)));
}

void TableStatements::execute(const RowTrigger& trigger, const TableRow& row,
                              std::span<const Parameter> parameters) {
    auto& kept = find(trigger);
    std::vector<Parameter> all;
    all.reserve(kept.made.columns.size() + parameters.size());
    for (const auto& column : kept.made.columns) {
        all.push_back(row.parameter(column));
    }
    all.insert(all.end(), parameters.begin(), parameters.end());
    const Use use(kept.uses);
    const AsRole role(kept.made.role);
    Execution(kept.statement, all);
}

} // namespace policies::pg
