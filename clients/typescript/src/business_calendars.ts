import { numberOf, Resource } from './resource.js';
import type { CallOptions, Transport } from './transport.js';
import type { BusinessCalendar, BusinessCalendarFields, HolidayImport, NewBusinessCalendar } from './types.js';

/** The routes below `/business-calendars`. */
export class BusinessCalendars extends Resource<BusinessCalendar, NewBusinessCalendar, BusinessCalendarFields> {
  /** @internal */
  constructor(transport: Transport) {
    super(transport, 'business-calendars', 'cal');
  }

  /** Adds the holidays of an iCalendar text, and returns how many were added. */
  async importHolidays(id: string, holidays: HolidayImport, options: CallOptions = {}): Promise<number> {
    return numberOf(await this.act(id, 'holidays', holidays, options));
  }
}
