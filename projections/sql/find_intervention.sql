select {columns}
from projections.interventions
where catalog_id = $1 and intervention_id = $2
