{{ shop_plans() }}
