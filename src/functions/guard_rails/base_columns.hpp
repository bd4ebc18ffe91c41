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

/// Whether what a caller sends for a base column is ignored.
constexpr bool is_server_managed(const pg::AnyColumn& column) {
    return column.index != base_columns.source.index && column.index != base_columns.source_type.index &&
           column.index != base_columns.is_deleted.index;
}

/// Fails with wrong_type unless the table has all these columns.
void require_base_columns(const pg::Table& table, const std::vector<pg::AnyColumn>& columns);

/// As the writer of what is written without claims: role:<login>.
std::string login_as_writer();

} // namespace policies
