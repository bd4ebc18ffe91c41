#pragma once

#include "pg/function.hpp"

namespace policies {

/// The columns that every protected table has, in the order in which they are shown.
struct BaseColumns : pg::ColumnSet {
    pg::Column<std::string_view> id{*this, "id"};
    pg::Column<std::string_view> tenant_id{*this, "tenant_id"};
    pg::Column<std::string_view> app_id{*this, "app_id"};
    pg::Column<core::Instant> created_at{*this, "created_at"};
    pg::Column<core::Instant> updated_at{*this, "updated_at"};
    pg::Column<std::string_view> created_by{*this, "created_by"};
    pg::Column<std::string_view> updated_by{*this, "updated_by"};
    pg::Column<std::string_view> source{*this, "source"};
    pg::Column<std::string_view> source_type{*this, "source_type"};
    pg::Column<bool> is_deleted{*this, "is_deleted"};
    pg::Column<core::Instant> deleted_at{*this, "deleted_at"};
    pg::Column<std::string_view> deleted_by{*this, "deleted_by"};
    pg::Column<std::int32_t> schema_version{*this, "schema_version"};
};

inline constexpr BaseColumns base_columns;

/// What is_valid_id() accepts, in PostgreSQL's own terms: what a foreign key does to a row is checked with the rights
/// of the table's owner, who need not have any to the extension's functions.
inline constexpr const char* valid_id_check =
    "id ~ '^[a-z]([a-z_]{0,61}[a-z])?_[0-7][0-9A-HJKMNP-TV-Z]{25}$'";

/// What a base column is declared with.
struct BaseColumn {
    pg::AnyColumn column;
    const char* type;
    const char* standard; ///< the default; null for none
    bool is_required;
    const char* check; ///< a rule that it obeys from the start; null for none
    const char* comment;
};

inline constexpr std::array<BaseColumn, base_columns.columns().size()> base_column_declarations{{
    {base_columns.id, "text COLLATE \"C\"", nullptr, true, valid_id_check,
     "Server-assigned ULID with type prefix. What a caller sends is ignored."},
    {base_columns.tenant_id, "text COLLATE \"C\"", "policies.current_tenant_id()", true, "tenant_id <> ''",
     "Tenant scope, stamped from the caller's JWT. What a caller sends is ignored."},
    {base_columns.app_id, "text COLLATE \"C\"", nullptr, false, nullptr,
     "App scope, stamped only when the caller's JWT was minted for an application; filters its reads."},
    {base_columns.created_at, "timestamptz", "now()", true, nullptr,
     "When the row was created. Server stamp."},
    {base_columns.updated_at, "timestamptz", "now()", true, "isfinite(updated_at)",
     "When the row was last written, in milliseconds. Server stamp, later with every write."},
    {base_columns.created_by, "text COLLATE \"C\"", nullptr, false, nullptr,
     "Person who created the row: the JWT's sub. Server stamp."},
    {base_columns.updated_by, "text COLLATE \"C\"", nullptr, false, nullptr,
     "Person who last wrote the row: the JWT's sub. Server stamp."},
    {base_columns.source, "text", "'edm'", true, nullptr, "Provenance tag."},
    {base_columns.source_type, "text", "'api'", true,
     "source_type IN ('frontend', 'backend', 'server', 'system', 'api')",
     "Where the write originated: frontend, backend, server, system or api."},
    {base_columns.is_deleted, "boolean", "false", true, nullptr,
     "Soft-delete flag. Deleted rows are absent from the live view."},
    {base_columns.deleted_at, "timestamptz", nullptr, false, "is_deleted = (deleted_at IS NOT NULL)",
     "When the row was soft-deleted, NULL otherwise. Server stamp."},
    {base_columns.deleted_by, "text COLLATE \"C\"", nullptr, false, nullptr,
     "Person who soft-deleted the row, NULL otherwise. Server stamp."},
    {base_columns.schema_version, "integer", "1", true, nullptr,
     "Document schema version, raised when an older row is written."},
}};

/// Whether what a caller sends for a base column is ignored.
constexpr bool is_server_managed(const pg::AnyColumn& column) {
    return column.index != base_columns.source.index && column.index != base_columns.source_type.index &&
           column.index != base_columns.is_deleted.index;
}

/// Fails with wrong_type unless the table has all these columns.
void require_base_columns(const pg::Table& table, const std::vector<pg::AnyColumn>& columns);

/// Fails with wrong_type where a column is of a domain with constraints: the stamps are not checked against
/// them, whose expressions are another's, and a row could be stored that no dump restores.
void refuse_constrained_domain(const pg::Table& table, const pg::TableColumn& column);

/// As the writer of what is written without claims: role:<login>.
std::string login_as_writer();

} // namespace policies
