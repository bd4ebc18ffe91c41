#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "core/base/text.hpp"
#include "core/search/index_terms.hpp"

/// Whether PostgreSQL would find a text in the language simple: the operators of tsquery over the words that the text
/// is indexed by.
class QueryMatcher {
public:
    explicit QueryMatcher(std::string_view text, std::size_t max_bytes = 1'000'000) {
        for (const auto& terms : policies::core::index_terms(text, max_bytes)) {
            std::size_t i = 0;
            for (const auto word : policies::core::split(terms.text, ' '))
                positions_[std::string(word)].insert(terms.positions.at(i++));
        }
    }

    bool finds(std::string_view query) {
        left_ = query;
        is_sound_ = true;
        return !query.empty() && any_of().holds && is_sound_ && left_.empty();
    }

    /// Whether the last query could be read.
    bool is_sound() const { return is_sound_ && left_.empty(); }

    const std::map<std::string, std::set<int>, std::less<>>& positions() const { return positions_; }

private:
    struct Match {
        bool holds;
        std::set<int> positions;
    };

    bool take(char expected) {
        if (left_.empty() || left_.front() != expected)
            return false;
        left_.remove_prefix(1);
        return true;
    }

    Match any_of() {
        Match match = all_of();
        while (take('|')) {
            const Match other = all_of();
            match.holds = match.holds || other.holds;
            match.positions.insert(other.positions.begin(), other.positions.end());
        }
        return match;
    }

    Match all_of() {
        Match match = in_order();
        while (take('&')) {
            const Match other = in_order();
            match = {match.holds && other.holds, {}};
        }
        return match;
    }

    Match in_order() {
        Match match = operand();
        while (take('<')) {
            int distance = 0;
            while (!left_.empty() && left_.front() != '>') {
                distance = distance * 10 + (left_.front() - '0');
                left_.remove_prefix(1);
            }
            is_sound_ = take('>') && distance > 0 && is_sound_;
            const Match next = operand();
            std::set<int> positions;
            for (const int position : next.positions) {
                if (match.positions.contains(position - distance))
                    positions.insert(position);
            }
            match = {!positions.empty(), positions};
        }
        return match;
    }

    Match operand() {
        if (take('!'))
            return {!operand().holds, {}};
        if (take('(')) {
            Match match = any_of();
            is_sound_ = take(')') && is_sound_;
            return match;
        }
        is_sound_ = take('\'') && is_sound_;
        const auto end = left_.find('\'');
        if (end == std::string_view::npos) {
            is_sound_ = false;
            return {};
        }
        const auto word = left_.substr(0, end);
        left_.remove_prefix(end + 1);
        Match match{};
        const bool is_prefix = take(':') && take('*');
        for (auto at = positions_.lower_bound(word); at != positions_.end() && at->first.starts_with(word);
             ++at) {
            if (is_prefix || at->first == word)
                match.positions.insert(at->second.begin(), at->second.end());
        }
        match.holds = !match.positions.empty();
        return match;
    }

    std::map<std::string, std::set<int>, std::less<>> positions_;
    std::string_view left_;
    bool is_sound_{true};
};
