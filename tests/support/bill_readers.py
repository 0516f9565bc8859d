"""Bills of materials read in this process, for tests that do not mind hostile ones."""

from hostward.domain.errors import InvalidValue
from hostward.domain.reason import Reason
from hostward.usecases.bill_ports import Bill
from hostward.wiring.bill_child import bill_of


class ReadHere:
    """usecases.bill_ports.Bills."""

    async def read(self, document: bytes) -> Bill:
        """What it describes."""
        try:
            return bill_of(document)
        except InvalidValue as problem:
            raise InvalidValue.because(Reason.BAD_BILL, problem=str(problem)) from None
