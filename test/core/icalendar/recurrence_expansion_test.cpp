#include "core/icalendar/recurrence_expansion.hpp"

#include <memory>

#include <gtest/gtest.h>
#include <libical/ical.h>

#include "core/calendar/dates.hpp"

namespace policies::core {
namespace {

/// Where libical's own iterator is sound, ours finds the same days.
TEST(RecurrenceExpansion, AgreesWithLibical) {
    for (const char* text : {"FREQ=YEARLY",
                             "FREQ=YEARLY;INTERVAL=3",
                             "FREQ=YEARLY;BYMONTH=2,5,11",
                             "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
                             "FREQ=YEARLY;BYMONTHDAY=-1",
                             "FREQ=YEARLY;BYMONTHDAY=1,15,31;BYMONTH=1,2,4",
                             "FREQ=YEARLY;BYDAY=1SU",
                             "FREQ=YEARLY;BYDAY=-1FR,20MO",
                             "FREQ=YEARLY;BYDAY=TH",
                             "FREQ=YEARLY;BYMONTH=3;BYDAY=TH",
                             "FREQ=YEARLY;BYMONTH=6,9;BYDAY=2MO,-2TU",
                             "FREQ=YEARLY;BYMONTH=5;BYDAY=5MO",
                             "FREQ=YEARLY;BYYEARDAY=1,100,200,366",
                             "FREQ=YEARLY;BYYEARDAY=-1,-366",
                             "FREQ=YEARLY;BYYEARDAY=60;BYDAY=SU",
                             "FREQ=YEARLY;BYMONTHDAY=13;BYMONTH=1,6;BYDAY=FR",
                             "FREQ=YEARLY;BYMONTH=1,2;BYDAY=MO,TU;BYSETPOS=1,-1",
                             "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO",
                             "FREQ=YEARLY;BYWEEKNO=10,30;BYDAY=TU,SU",
                             "FREQ=YEARLY;INTERVAL=2;BYWEEKNO=15;BYDAY=WE;WKST=SU",
                             "FREQ=MONTHLY",
                             "FREQ=MONTHLY;INTERVAL=5;BYMONTHDAY=-1,15",
                             "FREQ=MONTHLY;BYDAY=2MO,-1FR",
                             "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
                             "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
                             "FREQ=MONTHLY;BYMONTH=3,6;BYDAY=SU",
                             "FREQ=WEEKLY",
                             "FREQ=WEEKLY;BYDAY=SA,SU",
                             "FREQ=WEEKLY;INTERVAL=3;BYDAY=TU,SU;WKST=SU",
                             "FREQ=WEEKLY;BYMONTH=12;BYDAY=MO",
                             "FREQ=DAILY;INTERVAL=17",
                             "FREQ=DAILY;BYDAY=MO,WE",
                             "FREQ=DAILY;BYMONTH=1;BYMONTHDAY=1,2,3"}) {
        SCOPED_TRACE(text);
        icaltimetype start = icaltime_from_string("20000101");
        std::unique_ptr<icalrecur_iterator, decltype(&icalrecur_iterator_free)> iterator(
            icalrecur_iterator_new(icalrecurrencetype_from_string(text), start), &icalrecur_iterator_free);
        ASSERT_NE(iterator, nullptr);
        std::vector<Day> expected;
        for (int i = 0; i < 300; ++i) {
            const icaltimetype time = icalrecur_iterator_next(iterator.get());
            if (icaltime_is_null_time(time))
                break;
            expected.push_back(
                date(time.year, static_cast<unsigned>(time.month), static_cast<unsigned>(time.day)));
        }
        ASSERT_GT(expected.size(), 20U);
        // Ours takes the start for an occurrence.
        const Result<RecurrenceRule> rule = parse_recurrence_rule(text);
        ASSERT_TRUE(rule) << rule.error().detail;
        ExpansionBudget budget;
        const Result<std::vector<Day>> days = expand(*rule, text, expected.front(), expected.back(), budget);
        ASSERT_TRUE(days) << days.error().detail << " " << format_date(expected.front());
        EXPECT_EQ(*days, expected);
    }
}

} // namespace
} // namespace policies::core
