#pragma once

// The worked examples of the money contract as steps. A step posts its transfers as one act (`then`
// begins another) and compares balances: `now:` of the accounts named, `all:` of all that are not
// 0. Accounts belong to their example; W12 continues W11.

#include <string_view>

namespace taama::ledger {

inline constexpr std::string_view worked_examples = R"examples(
# W1 Carpool, 2 seats × 6,000 by Wave, completed, paid out (fees as Wave's statement shows them)
paid (webhook):
  float:wave -> escrow:B 12000 payment_in
  escrow:B -> commission:carpool 1200 commission pending
  now: float:wave 12000; escrow:B 12000 held 1200; commission:carpool 0
completed:
  escrow:B -> commission:carpool 1200 commission post
  escrow:B -> earnings:D 10800 earning
  now: escrow:B 0; commission:carpool 1200; earnings:D 10800
statement:
  provider_cost:wave -> float:wave 120 provider_fee
  now: float:wave 11880; provider_cost:wave 120
payout scheduled:
  earnings:D -> float:wave 10800 payout pending
  now: float:wave 11880 held 10800; earnings:D 10800 held 10800
payout done:
  earnings:D -> float:wave 10800 payout post
  provider_cost:wave -> float:wave 108 provider_fee
  all: float:wave 972; commission:carpool 1200; provider_cost:wave 228

# W2 Carpool 6,000 from the wallet (500 bonus spent first), cancelled in the free window
before:
  float:wave -> wallet:P 10000 topup
  promo_cost:X -> bonus:P 500 cashback
  now: float:wave 10000; wallet:P 10000; promo_cost:X 500; bonus:P 500
paid:
  bonus:P -> escrow:B 500 payment_in
  wallet:P -> escrow:B 5500 payment_in
  escrow:B -> commission:carpool 600 commission pending
  now: wallet:P 4500; bonus:P 0; escrow:B 6000 held 600; commission:carpool 0
cancelled, fee 0:
  escrow:B -> commission:carpool 600 commission void
  escrow:B -> wallet:P 5500 refund
  escrow:B -> bonus:P 500 refund
  all: float:wave 10000; wallet:P 10000; promo_cost:X 500; bonus:P 500

# W3 Carpool 6,000 in cash, collected by the driver, who then remits what he owes from his wallet
before:
  float:wave -> wallet:D 1000 topup
  now: float:wave 1000; wallet:D 1000
collected at check-in:
  custody:D -> escrow:B 6000 cash_in
  escrow:B -> commission:carpool 600 commission pending
  now: custody:D 6000; escrow:B 6000 held 600; commission:carpool 0
completed:
  escrow:B -> commission:carpool 600 commission post
  escrow:B -> earnings:D 5400 earning
  earnings:D -> custody:D 5400 cash_netting
  now: custody:D 600; escrow:B 0; commission:carpool 600; earnings:D 0
remitted:
  wallet:D -> custody:D 600 cash_remittance
  all: float:wave 1000; wallet:D 400; commission:carpool 600

# W4 Passenger cancels late: fee 50 % of 12,000, paid by Wave; the wallet covers the fee, so the
#   whole payment goes back to Wave
before:
  float:wave -> wallet:P 6500 topup
  now: float:wave 6500; wallet:P 6500
paid:
  float:wave -> escrow:B 12000 payment_in
  escrow:B -> commission:carpool 1200 commission pending
  now: float:wave 18500; escrow:B 12000 held 1200; commission:carpool 0
cancelled:
  escrow:B -> commission:carpool 1200 commission void
  wallet:P -> escrow:B 6000 cancellation_fee
  escrow:B -> earnings:D 5400 cancellation_fee
  escrow:B -> fees:cancellation 600 cancellation_fee
  escrow:B -> float:wave 12000 refund pending
  now: float:wave 18500 held 12000; wallet:P 500; escrow:B 12000 held 12000
  now: commission:carpool 0; earnings:D 5400; fees:cancellation 600
Wave answers 200:
  escrow:B -> float:wave 12000 refund post
  all: float:wave 6500; wallet:P 500; earnings:D 5400; fees:cancellation 600

# W5 As W4 but the wallet holds 500: the fee is withheld; Wave cannot refund a part, so the rest
#   goes to the wallet
before:
  float:wave -> wallet:P 500 topup
  now: float:wave 500; wallet:P 500
paid:
  float:wave -> escrow:B 12000 payment_in
  escrow:B -> commission:carpool 1200 commission pending
  now: float:wave 12500; escrow:B 12000 held 1200; commission:carpool 0
cancelled:
  escrow:B -> commission:carpool 1200 commission void
  escrow:B -> earnings:D 5400 cancellation_fee
  escrow:B -> fees:cancellation 600 cancellation_fee
  escrow:B -> wallet:P 6000 refund
  all: float:wave 12500; wallet:P 6500; earnings:D 5400; fees:cancellation 600

# W6 Passenger no-show, Z = 70 % of 6,000, paid by MTN, wallet empty (MTN refunds parts)
paid:
  float:mtn_momo -> escrow:B 6000 payment_in
  escrow:B -> commission:carpool 600 commission pending
  now: float:mtn_momo 6000; escrow:B 6000 held 600; commission:carpool 0
no-show:
  escrow:B -> commission:carpool 600 commission void
  escrow:B -> earnings:D 3780 no_show_fee
  escrow:B -> fees:no_show 420 no_show_fee
  escrow:B -> float:mtn_momo 1800 refund pending
  now: float:mtn_momo 6000 held 1800; escrow:B 1800 held 1800; commission:carpool 0
  now: earnings:D 3780; fees:no_show 420
MTN SUCCESSFUL:
  escrow:B -> float:mtn_momo 1800 refund post
  all: float:mtn_momo 4200; earnings:D 3780; fees:no_show 420

# W7 Driver cancels 1 h before: full refund, fine 20 % of 12,000 = 2,400 while only 1,500 are
#   earned; the rest is recovered at the next payout
before: a ride of 1,667:
  float:wave -> escrow:A 1667 payment_in
  escrow:A -> commission:ride 167 commission
  escrow:A -> earnings:D 1500 earning
  now: float:wave 1667; escrow:A 0; commission:ride 167; earnings:D 1500
paid:
  float:wave -> escrow:B 12000 payment_in
  escrow:B -> commission:carpool 1200 commission pending
  now: float:wave 13667; escrow:B 12000 held 1200; commission:carpool 0
driver cancels:
  escrow:B -> commission:carpool 1200 commission void
  escrow:B -> float:wave 12000 refund pending
  earnings:D -> fees:penalty 1500 penalty
  receivable:D -> fees:penalty 900 penalty
  now: float:wave 13667 held 12000; earnings:D 0; escrow:B 12000 held 12000
  now: commission:carpool 0; fees:penalty 2400; receivable:D 900
Wave answers 200:
  escrow:B -> float:wave 12000 refund post
  now: float:wave 1667; escrow:B 0
next ride, 9,000:
  float:wave -> escrow:N 9000 payment_in
  escrow:N -> commission:ride 900 commission
  escrow:N -> earnings:D 8100 earning
  now: float:wave 10667; commission:ride 1067; earnings:D 8100; escrow:N 0
payout run:
  earnings:D -> receivable:D 900 debt_recovery
  earnings:D -> float:wave 7200 payout pending
  now: float:wave 10667 held 7200; earnings:D 7200 held 7200; receivable:D 0
payout done:
  earnings:D -> float:wave 7200 payout post
  all: float:wave 3467; commission:ride 1067; fees:penalty 2400

# W8 Top-up 20,000; transfer 5,000; withdrawal of 10,000 (fee 1 %) first refused by the provider,
#   then done
topped up:
  float:wave -> wallet:A 20000 topup
  now: float:wave 20000; wallet:A 20000
transferred:
  wallet:A -> wallet:B 5000 p2p
  now: wallet:A 15000; wallet:B 5000
withdrawal asked:
  wallet:A -> float:wave 10000 withdrawal pending
  wallet:A -> fees:withdrawal 100 withdrawal_fee pending
  now: float:wave 20000 held 10000; wallet:A 15000 held 10100; fees:withdrawal 0
provider refuses:
  wallet:A -> float:wave 10000 withdrawal void
  wallet:A -> fees:withdrawal 100 withdrawal_fee void
  now: float:wave 20000; wallet:A 15000; fees:withdrawal 0
asked again:
  wallet:A -> float:wave 10000 withdrawal pending
  wallet:A -> fees:withdrawal 100 withdrawal_fee pending
  now: float:wave 20000 held 10000; wallet:A 15000 held 10100; fees:withdrawal 0
done, Wave’s fee 100:
  wallet:A -> float:wave 10000 withdrawal post
  wallet:A -> fees:withdrawal 100 withdrawal_fee post
  provider_cost:wave -> float:wave 100 provider_fee
  all: float:wave 9900; wallet:A 4900; wallet:B 5000; fees:withdrawal 100; provider_cost:wave 100

# W9 Ride from the wallet: 3,000 held at request (300 of it bonus), final fare 2,450
before:
  float:wave -> wallet:P 10000 topup
  promo_cost:X -> bonus:P 300 cashback
  now: float:wave 10000; wallet:P 10000; promo_cost:X 300; bonus:P 300
requested:
  bonus:P -> escrow:R 300 payment_in pending
  wallet:P -> escrow:R 2700 payment_in pending
  now: wallet:P 10000 held 2700; bonus:P 300 held 300; escrow:R 0
completed:
  bonus:P -> escrow:R 300 payment_in post
  wallet:P -> escrow:R 2150 payment_in post
  escrow:R -> commission:ride 245 commission
  escrow:R -> earnings:D 2205 earning
  all: float:wave 10000; wallet:P 7850; promo_cost:X 300; commission:ride 245; earnings:D 2205

# W10 Ride of 1,550 in cash, 2,000 handed over: the change goes to the customer's wallet
completed, 2,000 received:
  custody:D -> escrow:R 1550 cash_in
  custody:D -> wallet:P 450 cash_change
  escrow:R -> commission:ride 155 commission
  escrow:R -> earnings:D 1395 earning
  earnings:D -> custody:D 1395 cash_netting
  all: custody:D 605; wallet:P 450; commission:ride 155

# W11 Order: goods 8,500 + delivery 1,000 − platform promo 950 = 8,550 by MTN; delivered; store
#   paid out
float funded:
  float:mtn_momo -> bank 10000 float_funding
  now: float:mtn_momo 10000; bank -10000
paid:
  float:mtn_momo -> escrow:O 8550 payment_in
  promo_cost:X -> escrow:O 950 promo_discount
  escrow:O -> commission:store 1275 commission pending
  escrow:O -> commission:delivery 100 commission pending
  now: float:mtn_momo 18550; escrow:O 9500 held 1375; promo_cost:X 950; commission:store 0
  now: commission:delivery 0
delivered:
  escrow:O -> commission:store 1275 commission post
  escrow:O -> commission:delivery 100 commission post
  escrow:O -> earnings:S 7225 earning
  escrow:O -> earnings:C 900 earning
  now: escrow:O 0; commission:store 1275; commission:delivery 100; earnings:S 7225; earnings:C 900
store paid out:
  earnings:S -> float:mtn_momo 7225 payout pending
  now: float:mtn_momo 18550 held 7225; earnings:S 7225 held 7225
payout done:
  earnings:S -> float:mtn_momo 7225 payout post
  now: float:mtn_momo 11325; earnings:S 0

# W12 W11 continued: support refunds 3,000 of the goods, later all the rest (5,550); the store has
#   nothing left, so it owes
refund 1: goods 3,000:
  receivable:S -> escrow:O 2833 refund_clawback
  commission:store -> escrow:O 500 refund_clawback
  escrow:O -> promo_cost:X 333 promo_return
  escrow:O -> float:mtn_momo 3000 refund pending
  now: float:mtn_momo 11325 held 3000; escrow:O 3000 held 3000; promo_cost:X 617
  now: commission:store 775; receivable:S 2833
MTN SUCCESSFUL:
  escrow:O -> float:mtn_momo 3000 refund post
  now: float:mtn_momo 8325; escrow:O 0
refund 2: 5,550:
  receivable:S -> escrow:O 4392 refund_clawback
  commission:store -> escrow:O 775 refund_clawback
  earnings:C -> escrow:O 900 refund_clawback
  commission:delivery -> escrow:O 100 refund_clawback
  escrow:O -> promo_cost:X 617 promo_return
  escrow:O -> float:mtn_momo 5550 refund pending
  now: float:mtn_momo 8325 held 5550; escrow:O 5550 held 5550; promo_cost:X 0
  now: commission:store 0; commission:delivery 0; earnings:C 0; receivable:S 7225
MTN SUCCESSFUL:
  escrow:O -> float:mtn_momo 5550 refund post
  all: float:mtn_momo 2775; bank -10000; receivable:S 7225

# W13 Order of 9,500 (goods 8,500, delivery 1,000) cash on delivery; courier hands over 8,000 of
#   8,600; finance records the shortage
delivered, cash taken:
  custody:C -> escrow:O 9500 cash_in
  escrow:O -> commission:delivery 100 commission
  escrow:O -> earnings:C 900 earning
  earnings:C -> custody:C 900 cash_netting
  now: custody:C 8600; escrow:O 8500; commission:delivery 100; earnings:C 0
hand-over, 8,000 counted:
  desk:K -> custody:C 8000 cash_handover
  now: custody:C 600; desk:K 8000
shortage recorded:
  receivable:C -> custody:C 600 cash_shortage
  escrow:O -> commission:store 1275 commission
  escrow:O -> earnings:S 7225 earning
  now: custody:C 0; escrow:O 0; receivable:C 600; commission:store 1275; earnings:S 7225
desk to bank:
  bank -> desk:K 8000 bank_deposit
  all: commission:delivery 100; receivable:C 600; commission:store 1275; earnings:S 7225; bank 8000

# W14 Rental: 86,750 in cash to manager M, deposit 100,000 held in the wallet; final cost 141,450;
#   40 % of the deposit captured, the rest freed, 14,700 paid later by Wave
before:
  float:wave -> wallet:P 150000 topup
  now: float:wave 150000; wallet:P 150000
rent paid:
  custody:M -> escrow:V 86750 cash_in
  now: custody:M 86750; escrow:V 86750
deposit approved by PIN:
  wallet:P -> deposit:V 100000 deposit_hold pending
  now: wallet:P 150000 held 100000; deposit:V 0
returned:
  escrow:V -> sales:rental 86750 rental_income
  now: escrow:V 0; sales:rental 86750
deposit settled:
  wallet:P -> deposit:V 40000 deposit_hold post
  deposit:V -> escrow:V 40000 deposit_capture
  escrow:V -> sales:rental 40000 rental_income
  now: wallet:P 110000; escrow:V 0; deposit:V 0; sales:rental 126750
rest paid:
  float:wave -> escrow:V 14700 payment_in
  escrow:V -> sales:rental 14700 rental_income
  now: float:wave 164700; escrow:V 0; sales:rental 141450
hand-over, bank:
  desk:K -> custody:M 86750 cash_handover
  bank -> desk:K 86750 bank_deposit
  all: float:wave 164700; wallet:P 110000; sales:rental 141450; bank 86750

# W15 Rental 50,000 by Wave; deposit 50,000 in cash to manager M; 12,000 late fee captured, 38,000
#   given back in cash
rent paid:
  float:wave -> escrow:V 50000 payment_in
  now: float:wave 50000; escrow:V 50000
deposit taken:
  custody:M -> deposit:V 50000 deposit_in
  now: custody:M 50000; deposit:V 50000
returned:
  escrow:V -> sales:rental 50000 rental_income
  now: escrow:V 0; sales:rental 50000
deposit settled:
  deposit:V -> escrow:V 12000 deposit_capture
  escrow:V -> sales:rental 12000 rental_income
  deposit:V -> custody:M 38000 deposit_release
  all: float:wave 50000; custody:M 12000; sales:rental 62000

# W16 Card ride of 5,000 charged back (provider fee 1,000), lost, platform bears
paid, completed:
  float:stripe -> escrow:R 5000 payment_in
  escrow:R -> commission:ride 500 commission
  escrow:R -> earnings:D 4500 earning
  now: float:stripe 5000; escrow:R 0; commission:ride 500; earnings:D 4500
disputed:
  disputed:stripe -> float:stripe 5000 chargeback
  provider_cost:stripe -> float:stripe 1000 provider_fee
  earnings:D -> disputed:stripe 4500 chargeback_hold pending
  now: float:stripe -1000; earnings:D 4500 held 4500; disputed:stripe 5000 held 4500
  now: provider_cost:stripe 1000
lost:
  earnings:D -> disputed:stripe 4500 chargeback_hold void
  losses:chargeback -> disputed:stripe 5000 chargeback_lost
  all: float:stripe -1000; commission:ride 500; earnings:D 4500; provider_cost:stripe 1000
  all: losses:chargeback 5000

# W17 Late success: the booking lapsed, its seats are sold, then Wave reports 6,000 paid
webhook: paid, unserved:
  float:wave -> escrow:B 6000 payment_in
  escrow:B -> float:wave 6000 refund pending
  now: float:wave 6000 held 6000; escrow:B 6000 held 6000
Wave answers 200:
  escrow:B -> float:wave 6000 refund post
  all: 

# W18 Two attempts both paid: Wave serves, then Orange, which cannot refund
Wave paid:
  float:wave -> escrow:B 6000 payment_in
  escrow:B -> commission:carpool 600 commission pending
  now: float:wave 6000; escrow:B 6000 held 600; commission:carpool 0
Orange paid too:
  float:orange_money -> escrow:B 6000 payment_in
  escrow:B -> wallet:P 6000 refund
  now: escrow:B 6000 held 600; float:orange_money 6000; wallet:P 6000
completed:
  escrow:B -> commission:carpool 600 commission post
  escrow:B -> earnings:D 5400 earning
  all: float:wave 6000; commission:carpool 600; float:orange_money 6000; wallet:P 6000
  all: earnings:D 5400

# W19 Reconciliation: 5,000 came where 6,000 were due; an unknown statement line of 2,000; a loss
#   of 700
wrong amount:
  float:cinetpay -> suspense:cinetpay 5000 unmatched_in
  now: float:cinetpay 5000; suspense:cinetpay 5000
resolved: credit the payer:
  suspense:cinetpay -> wallet:P 5000 suspense_out
  now: suspense:cinetpay 0; wallet:P 5000
unknown line:
  float:wave -> suspense:wave 2000 unmatched_in
  now: float:wave 2000; suspense:wave 2000
resolved: send back:
  suspense:wave -> float:wave 2000 suspense_out pending
  now: float:wave 2000 held 2000; suspense:wave 2000 held 2000
Wave answers 200:
  suspense:wave -> float:wave 2000 suspense_out post
  now: float:wave 0; suspense:wave 0
float funded:
  float:wave -> bank 50000 float_funding
  now: float:wave 50000; bank -50000
adjustment, two persons:
  losses:recon -> float:wave 700 recon_adjust
  all: float:cinetpay 5000; wallet:P 5000; float:wave 49300; bank -50000; losses:recon 700

# W20 A payout that was done comes back from the provider
a ride of 9,000:
  float:wave -> escrow:R 9000 payment_in
  escrow:R -> commission:ride 900 commission
  escrow:R -> earnings:D 8100 earning
  now: float:wave 9000; escrow:R 0; commission:ride 900; earnings:D 8100
payout scheduled, done:
  earnings:D -> float:wave 8100 payout pending
  then
  earnings:D -> float:wave 8100 payout post
  now: float:wave 900; earnings:D 0
reversed:
  float:wave -> earnings:D 8100 payout_return
  all: float:wave 9000; commission:ride 900; earnings:D 8100

# W21 Ride of 1,550 in cash, only 1,000 handed over; the due of 550 is paid later from the wallet.
#   What a due backs is not distributed before it is paid
before:
  float:wave -> wallet:P 2000 topup
  now: float:wave 2000; wallet:P 2000
completed, 1,000 received:
  custody:D -> escrow:R 1000 cash_in
  receivable:P -> escrow:R 550 due
  escrow:R -> commission:ride 100 commission
  escrow:R -> earnings:D 900 earning
  earnings:D -> custody:D 900 cash_netting
  now: custody:D 100; escrow:R 550; receivable:P 550; commission:ride 100; earnings:D 0
due paid:
  wallet:P -> receivable:P 550 due_paid
  escrow:R -> commission:ride 55 commission
  escrow:R -> earnings:D 495 earning
  all: float:wave 2000; wallet:P 1450; custody:D 100; commission:ride 155; earnings:D 495
)examples";

}  // namespace taama::ledger
