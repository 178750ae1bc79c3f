"""Dead letters that say which queue they were put in. Those kept before are in none with a name."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the name of the queue."""
    column = sa.Column("queue", sa.String(length=64), nullable=False, server_default="")
    op.add_column("dead_letters", column)
