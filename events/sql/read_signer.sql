select name, private_key
from event_store.log_keys
