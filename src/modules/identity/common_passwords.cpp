#include "modules/identity/common_passwords.hpp"

#include <algorithm>
#include <array>

namespace taama::identity {

namespace {

// Sorted. Words that stand at the top of published lists of leaked passwords, in English and
// French, with the names, clubs and places of West Africa; written down from memory, not copied
// from a list.
constexpr std::string_view text =
    "000000 00000000 0000000000 01010101 01020304 0102030405 01234567 0123456789 020304 "
    "05050505 07070707 0987654321 10101010 10203040 1020304050 1029384756 111111 11111111 "
    "1111111111 11112222 1111aaaa 111222333 112233 11223344 1122334455 112233445566 121212 "
    "12121212 123123 123123123 123321123 12341234 12344321 1234512345 123454321 1234554321 "
    "12345678 123456789 1234567890 1234567891 12345678910 123456789a 12345678a 12345679 "
    "1234567a 123456a 123654 1236547890 123abc 123azerty 123qwe 123qweasd 131313 13579 "
    "135792468 147147147 147258369 147852369 159357 159753 19891989 19901990 1a2z3e4r "
    "1a2z3e4r5t 1q2w3e 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx 1qaz2wsx3edc 20002000 "
    "20042004 20102010 20202020 222222 22222222 232323 246810 24681012 25802580 31415926 "
    "314159265 333333 33333333 420420 444444 44444444 555555 55555555 654321 666666 66666666 "
    "696969 741852963 777777 77777777 789456123 87654321 888888 88888888 963852741 987654 "
    "987654321 9876543210 999999 99999999 a123456 a1234567 a12345678 a1b2c3 a1b2c3d4 "
    "aa123456 aa12345678 aaaa1111 aaaaaaaa1 abc abc123 abc12345 abcabc abcd abcd1234 abcde "
    "abcdef abcdefg abcdefgh abidjan abobo access access14 accord accra adjoua admin "
    "administrateur administrator africa africaine afrique aicha akissi akon alexander "
    "alexandra alexandre alexis allah allahakbar amanda amenan america aminata amis amitie "
    "amour amoureux ananas andrew android angel angelina angels anthony antoine aout apollo "
    "april aqwzsx aqwzsxedc arafat argent arsenal asdf asdfgh asdfghjk asdfghjkl asdfqwer "
    "asec asecmimosas ashley august aurelie automne autumn avril awa aya azeqsd azeqsdwxc "
    "azer1234 azert azerty azerty00 azerty12 azerty77 azertyu azertyuio azertyuiop baby "
    "babyboy babygirl bakary bamako bamba banana banane barbie barcelona barcelone baseball "
    "basketball batman beaute beautiful bebe benediction benin benjamin beyonce bienvenue "
    "bismillah bisou bisous black blanc blessed blessing bleu blink182 bonheur bonjour "
    "bouake brother bulldog butter butterfly calin camaro camille caroline cedric celine cfa "
    "change changeme charity charlie charlotte chat chaton chauffeur cheese chelsea "
    "chelseafc cherie cheval chien chloe chocolat chocolate chouchou christian christine "
    "christophe cisco cisse clement cocody coeur computer conakry connexion cookie cookies "
    "corentin corvette cosmos cotedivoire cotonou coucou coulibaly courage covoiturage "
    "cowboy cowboys crazy cutie dakar daloa damien daniel daniela database dauphin david "
    "december decembre default delphine dembele demo diabate diallo diamond diarra didi "
    "didier dieu dieuaide dieuestgrand dieumaime dieumerci dieumercie dimanche diop djarafat "
    "doggie dolphin dominique doudou doudoune doumbia dragon drogba eagles eglise elephant "
    "elephants elodie emilie eminem emmanuel emmanuelle enfant enfants espoir ete eternel "
    "etoile excalibur fabien fabrice facebook faith falcon famille family father fatou "
    "fatoumata fcbarcelone february ferrari fevrier fleur florian flower flowers fofana "
    "football footballeur forever franc france francois frederic freedom french friday "
    "friend friends gabriel gaelle galaxy gandalf garfield genesis giants ginger gloire "
    "godisgood godisgreat godislove goku gold golden google grace graceadieu green guest "
    "guillaume happy harley heaven hello hellokitty helloworld heureux hiver hockey honda "
    "hope hottie hunter iloveu ilovey0u iloveyou inchallah infinix instagram internet invite "
    "iphone ironman isabelle islam itel ivoire ivoirien ivoirienne january janvier jennifer "
    "jeremy jerome jessica jesus jesuschrist jesusislord jesuslove jesustaime jetaime "
    "jetaimefort jetaimemoncoeur jeudi jonathan jordan joshua jtaime jtm juillet juin julia "
    "julie julien juliette july june jupiter justine juventus kadidia kante kara keita kevin "
    "killer koffi konan konate kone korhogo kouadio kouame kouassi koumassi laetitia lagos "
    "lakers laura laurent lea legend leo leomessi letmein liberte lightning linux lion "
    "lionking liverpool livraison livreur login lome london loulou loup lovelove lovely "
    "loveme lover lovers loveyou lucas lucie ludovic lundi lune lyon mabelle machérie "
    "magicsystem maison mama maman mamanjetaime mamanpapa manchester manchesterunited mangue "
    "manon march marcory mardi margaux mariam mariama marie marieclaire marine marion mars "
    "mars1 marseille martin martine master mathieu matrix matthew maxime mbappe mdp melanie "
    "mercedes mercredi merlin messi metallica michael michelle mickael mickey microsoft "
    "mimosas minette minnie minou mobilemoney mohamad mohamed mohammed momo monamour monbebe "
    "moncheri moncoeur monday money monkey moov morgane mot2passe motdepass motdepasse "
    "mother mtn muslim mustang naruto nathalie newyork neymar niamey nicolas nicole ninja "
    "nirvana noir nokia nothing nounours november novembre october octobre olivier olympique "
    "oracle orange orange1 orange2 orangemoney ordinateur ouaga ouagadougou ouattara "
    "ouedraogo p@ssw0rd p@ssword pa55word paname panther papa papamaman papillon paris "
    "parisg pascal pass pass1234 passe passer passpass passport passw0rd password "
    "password1234 passwort patrick pauline peanut pepper peugeot philippe phoenix pierre "
    "pikachu pirate platinum pokemon porsche prince princess princesse printemps private "
    "prive psg purple q123456 q1w2e3r4 q1w2e3r4t5 qazwsx qazwsxedc qq123456 quentin qweasd "
    "qweasdzxc qwer1234 qwert qwerty qwertyu qwertyui qwertyuio qwertyuiop qwertz qwertzuiop "
    "rainbow ranger raphael realmadrid redsox renault rien rihanna robert rocket romain "
    "ronaldinho ronaldo root rouge salut samedi samsung samurai sandrine sangare sanogo "
    "sanpedro sarah saturday saturn scorpion sebastien secret secrets september septembre "
    "server serveur sexy shadow sidibe silver simpson sissoko sister smile snake snoopy "
    "soccer soldier soleil something sophie soro sow spider spiderman spring starwars "
    "steelers stephane stephanie storm summer sunday sunshine superman sylla sylvie system "
    "systeme taama taxi tecno test tester testtest thibault thomas thunder thursday tigers "
    "tigger tigre tigrou tinkerbell titi togo toor toujours toure touré toyota transport "
    "traore treichville trinity trustno1 tuesday tweety twitter ubuntu user utilisateur "
    "valentin valerie vanessa vendredi victoire vincent violet viper virginie voiture "
    "warrior wave wednesday welcome whatever whatsapp white windows winnie winter wolf "
    "wxcvbn xavier xsw2zaq1 yamaha yamoussoukro yankees yannick yao yellow yopougon youtube "
    "zaq12wsx zaq1zaq1 zidane zizou zxcvbn zxcvbnm zxcvbnm,";

constexpr auto words = [] {
    std::array<std::string_view, std::count(text.begin(), text.end(), ' ') + 1> all{};
    std::string_view rest = text;
    for (std::string_view& word : all) {
        word = rest.substr(0, rest.find(' '));
        rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    }
    return all;
}();

}  // namespace

const std::span<const std::string_view> common_passwords{words};

}  // namespace taama::identity
