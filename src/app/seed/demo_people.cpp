#include "app/seed/demo_people.hpp"

#include <array>

namespace taama::app {

namespace {

constexpr std::array<DemoStaff, 8> staff{{
    {"super", "Aminata Traoré", "super"},
    {"ops", "Serge Kouamé", "ops"},
    {"support", "Fatou Diabaté", "support"},
    {"finance", "Jean-Marc Aka", "finance"},
    {"compliance", "Mariam Ouattara", "compliance"},
    {"rental.admin", "Didier Konan", "rental_admin"},
    {"rental.manager", "Estelle N'Guessan", "rental_manager"},
    {"fleet.viewer", "Paul Mensah", "fleet_viewer"},
}};

constexpr DemoVehicle corolla{"Toyota", "Corolla", "gris", "1234 AB 01", 5, "standard"};
constexpr DemoVehicle hiace{"Toyota", "Hiace", "blanc", "5678 CD 01", 9, "basic"};
constexpr DemoVehicle tucson{"Hyundai", "Tucson", "noir", "9012 EF 01", 5, "comfort"};
constexpr DemoVehicle sandero{"Dacia", "Sandero", "bleu", "TG 3456 BA", 5, "standard"};

constexpr std::array<DemoPerson, 10> people{{
    {"+2250700000001", "Awa", "Koné", nullptr},
    {"+2250700000002", "Moussa", "Traoré", nullptr},
    {"+2250500000003", "Grâce", "Yao", nullptr},
    {"+2250100000004", "Issouf", "Cissé", nullptr},
    {"+22890000005", "Afi", "Lawson", nullptr},
    {"+22891000006", "Kodjo", "Amegan", nullptr},
    {"+2250700000011", "Kouassi", "N'Dri", &corolla},
    {"+2250500000012", "Salif", "Bamba", &hiace},
    {"+2250100000013", "Clarisse", "Gnagne", &tucson},
    {"+22892000014", "Yao", "Agbeko", &sandero},
}};

constexpr DemoPlace plateau{"Abidjan, Plateau", {5.3575, -4.0083}};
constexpr DemoPlace yopougon{"Abidjan, Yopougon Siporex", {5.3419, -4.0706}};
constexpr DemoPlace yamoussoukro{"Yamoussoukro", {6.8190, -5.2760}};
constexpr DemoPlace bouake{"Bouaké, gare", {7.6900, -5.0300}};
constexpr DemoPlace lome{"Lomé, Assivito", {6.1319, 1.2228}};
constexpr DemoPlace kara{"Kara", {9.5511, 1.1861}};

constexpr std::array<DemoStop, 1> toumodi{{{"Toumodi", {6.5580, -5.0190}}}};
constexpr std::array<DemoStop, 2> toumodi_and_yamoussoukro{
    {{"Toumodi", {6.5580, -5.0190}}, {"Yamoussoukro", {6.8190, -5.2760}}}};
constexpr std::array<DemoStop, 2> atakpame_and_sokode{
    {{"Atakpamé", {7.5330, 1.1330}}, {"Sokodé", {8.9830, 1.1330}}}};

constexpr std::array<DemoTrip, 5> trips{{
    {"+2250700000011", plateau, yamoussoukro, toumodi, 8 * 60 + 30, 6000, 3, true, "Non-fumeur"},
    {"+2250500000012", yopougon, bouake, toumodi_and_yamoussoukro, 6 * 60, 7000, 8, false,
     "Bagages en soute"},
    {"+2250100000013", yamoussoukro, plateau, toumodi, 16 * 60, 6500, 3, true, "Climatisé"},
    {"+22892000014", lome, kara, atakpame_and_sokode, 5 * 60 + 30, 8000, 3, true, ""},
    {"+2250700000011", yamoussoukro, plateau, {}, 18 * 60, 6000, 3, true, "Non-fumeur"},
}};

}  // namespace

std::span<const DemoStaff> demo_staff() { return staff; }
std::span<const DemoPerson> demo_people() { return people; }
std::span<const DemoTrip> demo_trips() { return trips; }

}  // namespace taama::app
