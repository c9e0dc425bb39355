select name, public_key
from event_store.log_keys
