select name, public_key, private_key
from event_store.log_keys
