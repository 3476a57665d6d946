//! Rotas as people have them, built through the pages as a new user would. Hour by hour the chart, the header, the API, the feed and
//! whoever is paged agree with an oracle that knows the rota by heart, also where the clocks of two continents change.

mod follow_the_sun;
mod four_weeks;
mod rota;
mod told;
mod weekdays_weekend;
