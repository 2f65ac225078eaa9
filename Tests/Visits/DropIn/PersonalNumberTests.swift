import Testing
import Visits

/// C7: no full CPR number gets into a queue. All numbers here are made up.
@Suite struct PersonalNumberTests {
  @Test(arguments: [
    "0101901234", "010190-1234", "010190 1234", "01 01 90 12 34", "01.01.90-1234", "01/01/90 1234",
    "010190–1234", "mit nummer er 311299-0001.", "cpr:3112990001", "610190-1234", "01-01-1990-1234",
    "010190\u{200B}1234", "０１０１９０-１２３４", "٠١٠١٩٠١٢٣٤", "0101901234 20123456", "010190\n1234",
    "010190 - 1234", "0 1 0 1 9 0 1 2 3 4",
  ])
  func whatLooksLikeOneIsFound(_ text: String) {
    #expect(PersonalNumber.appears(in: text))
  }

  @Test(arguments: [
    "", "hej", "20 12 34 56", "+45 20 12 34 56", "+4520123456", "0045 20123456", "kl. 10.30",
    "010190", "01-01-1990", "sag 12345678901", "3213901234", "0113901234", "010190, 1234",
    "2026-11-21T09:05", "ring på 20123456 eller 21123456",
  ])
  func telephonesDatesAndTimesAreNot(_ text: String) {
    #expect(!PersonalNumber.appears(in: text))
  }
}
