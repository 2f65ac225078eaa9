// The names say what the texts are for; the texts themselves stand in `Texts/da.json` and `en.json`.

/// The names of the texts that people see.
public enum TextKey: String, Sendable, CaseIterable {
  // Dates and numbers as they are shown.
  case clock, dayAndMonth, dayMonthAndYear, weekdayNames, monthNames, today, tomorrow, decimal,
    percent, secondsShort

  // Words that `DateWords` understands; lists, separated by commas.
  case wordsNow, wordsIn, wordsToday, wordsTomorrow, wordsDayAfterTomorrow, wordsNext,
    wordsMinutes, wordsHours, wordsFillers, wordsWeekdays, wordsMonths

  // Dates that were not understood.
  case dateNotUnderstood, dateTimeMissing, dateNoSuchTime, dateAmbiguous, datePassed

  // The service.
  case problemWithoutText, serviceUnreachable, serviceUncertain, serviceMalformed, serverInvalid,
    serviceCancelled, notLoggedIn, authoritiesUnreadable

  // People and visits.
  case roleCitizen, roleSupportWorker, roleTeamLead, roleCaseWorker, roleOperations,
    roleAdministrator, columnTime, columnWho, columnState, columnID, columnName, columnRole,
    columnSound, columnPicture, columnFrames, columnLoss, columnFreezes, columnMOS, whoWithWhom,
    dayHeading, noVisitsToday, noVisits,
    noMoreVisitsToday, nothingToHangUp, noEndedVisit, nextVisit, stateBooked, stateInMinutes,
    stateInOneMinute, stateDue, stateNotHeld, stateRinging, stateActive, stateEnded,
    stateCancelled, stateMissed, nameAmbiguous, visitNotFound, visitNotFoundAhead,
    personNotFound, visitBooked, visitMoved, visitCancelled, moveNeedsSomething, hungUp,
    personAdded, deviceAdded, loginPrompt, loginNoToken, loginNotSaved, loggedIn

  // The call.
  case statusRinging, statusConnecting, statusWaiting, statusSound, statusBoth,
    statusInterrupted, statusOtherSilent, qualityGood, qualityFair, qualityPoor, qualityUnknown,
    progressRinging, progressAnswered, progressSound, progressPicture, progressInterrupted,
    progressResumed, pictureHeld, pictureBack, pictureOwnHeld, pictureOwnBack, progressServiceAway,
    progressServiceBack, progressCame, progressLeft,
    hangingUp, outcomeHeld, outcomeHeldByOther, outcomeDeclined, outcomeMissed, outcomeCalledOff,
    outcomeElsewhere, outcomeNoConnection, verdictHeading, verdictYes, verdictNo,
    verdictNoBecause, verdictUnknown, soundFileUnreadable, fileNotWritten

  // What is decided for a citizen, a group, a session.
  case wordsGrantHours, helpGrantHours, grantHours, grantMix, wordsTargetGroup, helpTargetGroup,
    wordsScheduling, helpScheduling, helpCaseWorker, helpTravel, planLine, planTravelNone,
    helpAges, agesUnclear, helpTags, helpGroupBorn, helpSuggest, suggestNone, suggestHint,
    meetMorning, helpWish, helpWishOff, helpWishFrom, helpWishUntil, wishKept, wishGone,
    wishNeedsTimes, helpRooms, helpRoomAdd, helpRoomID, helpRoomName, noRooms, roomMade,
    roomNotFound, helpHost, helpHostBackup, helpQueueFor, helpAreas, helpInPerson,
    helpQueueAppointment, queueAddedAt, helpOnDays

  // The kiosk.
  case kioskIdleNone, kioskIdleVisit, kioskIdleWait, kioskPrivacy, kioskOffline, kioskOnline,
    kioskRings, kioskKeys, kioskAutoAnswers, kioskInCall, kioskMissed, kioskDeclined,
    kioskInterrupted, kioskResumed, kioskElsewhere, kioskThanks, kioskNoConnection, kioskOldToken,
    kioskBackIn, kioskTitle

  // Asking before anything is passed on.
  case helpDisclose, helpDiscloseWhat, helpDiscloseTo, helpDiscloseWhy, helpDiscloseYes,
    helpDiscloseNo, helpDiscloseDone, helpDiscloseTakeBack, discloseNeedsAll, discloseOneThing,
    discloseAsked, discloseUnknown, discloseNone, discloseHeading, discloseLine, discloseState,
    discloseHint, wordsDisclosureState, kioskDisclosure, kioskDisclosureWhat, kioskDisclosureTo,
    kioskDisclosureWhy, kioskDisclosureKeys, kioskDisclosureYes, kioskDisclosureNo

  // Visits that are no screen visits.
  case callByPhone, callByPhoneNoNumber, callByPhoneAfter, callbackNumber, helpNumberOnly,
    remindersNumber, kioskIdleHome, kioskIdlePhone, kioskIdleGroup

  // Being rung.
  case helpAnswer, answerWaiting, answerRings, answerMissed, answerElsewhere, answerDeclined

  // Word of requests that nobody has taken.
  case helpNotify, helpNotifySMS, helpNotifyMail, helpNotifyOff, notifyOneWay, notifyNone, notifyOn,
    notifyWhen

  // Those who want to be called.
  case noCallbacks, callbacksHint, columnSince, columnDue, columnAbout, callbackWaiting,
    callbackUrgent, callbackOverdue, callbackTaken, callbackRetry, callbackNotFound,
    callbackClaimed, callbackReleased, callbackDone, callbackNoAnswer, helpCallbacks,
    helpCallBack, helpClaimCallback, helpReleaseCallback, helpFinishCallback, helpNoAnswer,
    helpAskForCall, helpUrgent, helpAbout

  // The drop-in queue.
  case queueHeading, queueEmpty, queueNone, queueOpensLater, queueOpened, queueAdded, columnPlace,
    queueExpected, queueTalking, queueOver, queueFiguresPeople, queueFiguresLength,
    queueFiguresWait, helpQueue, helpWatchQueue, helpNextInQueue, helpAddToQueue, helpOpenQueue,
    helpQueueWeeks, helpQueueStats

  // Who can be reached.
  case presenceAvailable, presenceInVisit, presenceAway, presenceOffDuty, presenceDuty,
    presenceAwaySet, presenceBack, columnWorker, columnCitizen, columnDevice, columnSeen,
    columnTest, deviceReady, deviceTestDue, deviceTestFailed, deviceOffline, deviceLost,
    deviceNeverSeen, helpPresence, helpAway

  // Calls that answer themselves.
  case kioskCountdown
  // After the visit.
  case helpNote, helpNoteGoal, helpNoteNext, helpNoteText, wordsProgress, noteAbout, noteAskGoal,
    noteSteps, noteAskNext, noteAskText, noteGoalUnclear, noteWritten, helpOutcome,
    helpOutcomeKind, outcomeNoneMissing, outcomeMissing, outcomeWritten, helpGoals, helpGoalsAdd,
    helpGoalsMet, helpGoalsStop, goalsHeading, goalsNone, helpFollowUps, helpFollowUpBy,
    helpFollowUpReached, followUpsNone, followUpDone, helpReminders, helpEmail, helpReminderPhone,
    helpBefore, helpRemindersOff, remindersNone, remindersHeading, remindersLine, helpCalendar,
    helpCalendarOff, calendarOpened, calendarClosed, helpAccessLog, accessLogNone, columnPart,
    columnReason, helpExport, helpExportOut, exportWritten

  // Groups and their meetings.
  case columnGroup, columnMembers, columnLeader, noGroups, groupsHint, groupNotFound,
    teamNotFound, notInGroup, groupHeading, groupEmpty, groupApart, groupHint, groupMade,
    groupMadeHint, groupPlaced, groupLeft, groupApartDone, noMeetings, meetingNext, meetingNow,
    meetingBefore, meetingsLater, meetingsMore, planNone, planAim, planForCitizens,
    planNeedsTitle, meetingsLaid, meetingsLaidHint, meetAloneLaid, meetAloneNeedsTwo, stepKept,
    meetingTaken, meetingRoster, meetingTakenHint, roomEmpty, roomNow, helpGroups,
    helpGroupList, helpGroupShow, helpGroupNew, helpGroupAdd, helpGroupRemove, helpGroupApart,
    helpGroupApartFrom, helpMeet, helpMeetCount, helpMeetEvery, helpMeetAlone, helpPlan,
    helpPlanTitle, helpPlanAim, helpPlanPoint, helpPlanForCitizens, helpStep, helpTakeOver,
    helpGroupRoom, helpGroupCall, helpGroup, helpMeetingNumber, helpCapacity, helpTeam

  // Times that citizens pick themselves.
  case pickYours, pickByCitizen, pickNothing, pickHint, helpPickFrom, helpPickTo, helpPickHours,
    helpPickDays, helpChooseFrom, columnPlaces, helpRoomPlaces

  // What a citizen decides about her visits on the kiosk.
  case kioskNotSuit, kioskPickKey, kioskWaysTitle, kioskWayPhone, kioskWayAudio, kioskWayVideo,
    kioskWayTalk, kioskWayCancel, kioskSurePhone, kioskSureAudio, kioskSureVideo, kioskSureTalk,
    kioskSureCancel, kioskDonePhone, kioskDoneAudio, kioskDoneVideo, kioskDoneTalk,
    kioskDoneCancel, kioskYes, kioskLeave, kioskLeft, kioskAnswerHint, kioskTimesTitle,
    kioskTimesNone, kioskTimesLater, kioskTimesNoneSaid, kioskTimeChosen, kioskAbout

  // Times to choose from, and words for what there are only a few of.
  case dayAtClock, proposalToYou, proposalToCitizen, proposedHint, proposeTwoOrThree,
    proposalsNone, proposalsHint, proposalChosen, proposalDeclined, proposalNumber, helpPropose,
    helpProposeAt, helpProposeMove, helpChoose, helpChooseNumber, helpChooseNone, choiceUnclear,
    wordsForm, wordsAgreement, wordsConversion, wordsOutcome, wordsContact, wordsRole,
    wordsRecordPart, helpOnDay, visitNotFoundOn, slotsHeading, slotsHint, slotsMore, gapsLater,
    remedySubstitute, remedyMove, remedyPhone, remedyCancel, todosLeft, seriesGaps,
    wordsCanceller, wordsCancelReason, helpCancelBy, helpCancelBecause, cancelNeedsSomething,
    changeIsAMeeting, meetingCancelled, meetingPlanGoesOn, meetingPlanLeft, helpGroupCancel

  // Next steps, and small words of lists.
  case formAudio, followUpsHint, personAddedHint, callbackAdded, queueNext, queueAddedNext,
    queueHint, queueAfter, queueHolidays, todayHint, endOfDay, periodOfDays

  // The next citizen, and time in a call.
  case overrunSoon, overrunLate, delayNobodyNext, delayTooLong, softOf, softNearing, softOver,
    progressRoomOpen, progressLeftGroup

  // More of the demo's week.
  case demoStepGroup, demoStepGroupDone, demoGroup, demoStepQueue, demoStepQueueDone,
    demoTopicLetter, demoTopicMoney

  // Series, the rota, calls that answer themselves, and the course of a grant.
  case clockMark, columnHow, columnRepeats, seriesNone, seriesHint, seriesWhich, seriesEnded,
    seriesChanged, seriesChangeNothing, helpSeries, helpSeriesEnd, helpSeriesChange,
    helpSeriesNumber, helpSeriesFrom, helpSeriesAt, helpSeriesTime, dutyNone, dutyAdded,
    dutyRemoved, helpDuty, helpDutyAdd, helpDutyRemove, helpDutyWork, autoAnswerOff,
    autoAnswerNone, autoAnswerHolds, deviceNone, deviceWhich, helpAutoAnswers,
    helpAutoAnswerDevice, helpAutoAnswerReason, helpAutoAnswerFrom, helpAutoAnswerTo,
    helpAutoAnswerOff, wordsClosing, helpGrantWithdraw, helpGrantStatus, helpMilestone,
    helpStatusText, helpGrantClose, helpGrantLast, helpCloseReason, helpGrantReopen

  // What was wrong with a command line.
  case usageUnexpected, usageUnknown, usageMissing, usageNoValue, usageValue, helpTodoTake,
    todoTaken

  // Messages that did not arrive.
  case remindersAllWell, remindersTroubled, remindersTroubledHint

  // Help texts.
  case usageHelp, usageUnclear, usageUnclearHere, groupToday, groupBooking, groupCitizen,
    groupAfter, groupOffice, helpBesoeg,
    helpBesoegMore, helpLang, helpToday, helpDays, daysOutOfRange,
    helpCall, helpCallWhom, helpHangUp, helpBook, helpCitizen, helpAt, helpMinutes, helpWorker,
    helpMove, helpCancel, helpReason, helpVisit, helpVerdict, helpPeople, helpAddPerson,
    helpAddDevice, helpName, helpRole, helpLabel, helpLogin, helpServer, helpAuthorities,
    helpProofFiles,
    helpFolder, helpSeconds, secondsOutOfRange, helpFor, helpSource, helpNoPicture,
    helpSaveAudio, helpProof, helpKiosk, helpAutoAnswer, helpOnce

  // The demo.
  case helpDemo, helpDemoSeconds, helpDemoKeep, helpDemoData, helpDemoJSON,
    demoSecondsOutOfRange, demoTitle, demoStepService, demoStepServiceDone, demoStepPeople,
    demoStepPeopleDone, demoStepSpeech, demoStepSpeechDone, demoStepSpeechTones, demoStepBook,
    demoStepBookDone, demoStepRing, demoStepRingDone, demoStepAnswer, demoStepAnswerDone,
    demoStepMedia, demoStepMediaDone, demoStepHangUp, demoStepHangUpDone, demoStepVerdict,
    demoStepVerdictDone, demoBar, demoNoteInterrupted, demoNoteResumed, demoNoteServiceAway,
    demoNoteServiceBack, demoNoteRestarted, demoTableHeading, demoColumnWho, demoColumnSound,
    demoColumnPicture, demoColumnFrames, demoColumnLoss, demoColumnFreezes, demoColumnConcealed,
    demoColumnMOS, demoProofHeading, demoProofYes, demoProofNo, demoFailNoSound,
    demoFailConcealed, demoFailNoPicture, demoFailStill, demoFirstTry, demoYes, demoNo,
    demoNoBecause, demoUnknown, demoEncryption, demoByHandHeading, demoByHandOpen,
    demoByHandRing, demoByHandStop, demoByHandKeep, demoByHandPage, demoStoppedKept, demoFailed,
    demoFailedServe, demoFailedOutcome, demoFailedProof, demoFailedNoRing, demoFailedWrite,
    demoInterrupted, demoSpeechWorker, demoSpeechCitizen

  // Weeks, series, grants and absence.
  case formScreen, formPhone, formPhysical, formGroup, formDropIn, weekHeading, weekContact,
    weekNothing, weekFreed, weekNeedsSomebody, absenceIllness, absenceHoliday, absenceOther,
    hoursShort, minutesShort, columnWeek, columnGranted, columnBooked, columnDelivered,
    columnDay, columnWhy, columnFrom, columnTo, noSlots, grantFrom, grantPeriod, grantTerms,
    grantCap, grantWaiting, grantMinutes, noGrants, seriesBooked, seriesOneWay, seriesOneEnd,
    absenceEntered, absenceTodos, absenceNoTodos, absenceNotFound, absenceWithdrawn, noAbsences,
    noTodos, todoLine, todoOverdue, todoProposed, todoCould, todoNobody, todoBackup, todoGaps,
    todoHint, todoNotFound, todoSettled, settleOneWay, visitConverted, delayTold, helpWeek,
    helpWeekNumber, helpSlots, helpSlotDays, helpForm, helpRoom, helpWeekly, helpFortnightly,
    helpWeeks, helpUntil, helpCount, helpSkip, helpGrant, helpAddGrant, helpExtendGrant,
    helpProposeTerms, helpDecideTerms, helpLaw, helpGrantFrom, helpGrantTo, helpBorn, helpForms,
    helpWeeklyMinutes, helpCap, helpPackage, helpReference, helpExtraVisits, helpApprove,
    helpAbsent, helpAbsentFrom, helpAbsentTo, helpAbsentKind, wordsAbsence, helpAbsences,
    helpAbsentBack,
    helpAbsenceID, helpTodo, helpSettle, helpSubstitute, helpMoveTo, helpPhone, helpCallOff,
    helpAgreed, helpConvert, helpConvertTo, helpDelay, helpDelayMinutes

  // Who is told of what: delays, follow-ups and requests to be called.
  case delaySent, delayNotTold, followUpClosed, followUpHanded, followUpOneThing,
    followUpReadyHint, followUpNeedsText, helpFollowUpReady, helpFollowUpText, helpFollowUpTo,
    helpFollowUpClose, wordsReadiness, wordsFollowUpEnding, helpWatchCallbacks,
    callbacksWatching, callbackRings, callbackRingsUrgent, callbackRingsStill,
    callbackRingsStillUrgent, callbackNoLonger, kioskCallMe, kioskCallUrgent, kioskCallNot,
    grantStatusLine, groupSteps, helpLogDays, helpAudit, auditNone, auditSystem, columnWhom,
    helpFigures, figuresNone, figuresOwn, figuresPrivate, helpContinuity, continuityNone,
    continuityLine, helpReport, reportTooFew, reportHeading, columnFirst, columnLatest,
    columnChange

  // The demo's week.
  case demoStepWeek, demoStepWeekDone, demoStepLaw, demoStepLawDone, demoStepAbsence,
    demoStepAbsenceDone

  // Getting started, and what waits to be taken up.
  case helpCitizens, rosterHeading, rosterNothing, rosterBackup, rosterEmpty, helpRequests,
    requestsNone, requestsHint, requestCallback, requestDropIn, requestWish, helpFreed,
    helpFreedOffer, helpFreedTo, freedNone, freedWaiting, freedForWhom, freedOffered,
    numberUnclear, helpStart, helpStartAnswer, helpStartPractice, helpStartResult,
    helpStartNote, helpStartDevice, helpStartNetwork, helpStartNoPicture, helpStartNoSound,
    helpStartAdvice, wordsStartAnswer, wordsStartStep, wordsStartResult, wordsStartDevice,
    wordsStartNetwork, wordsStartConclusion, startHeading, startNotAsked, startNext, startDue,
    adviceInPerson, adviceAsk, helpEquipment, helpEquipmentName, helpEquipmentAdd,
    helpEquipmentLend, helpEquipmentBack, helpEquipmentCondition, wordsEquipment, wordsCondition,
    equipmentAdded, equipmentNone, equipmentDue, equipmentLent, helpHomeVisit, helpHomeText,
    helpHomeFault, helpHomeBring, helpHomePlan, helpHomeAt, helpHomeDone, helpHomeNotFixed,
    wordsFault, homeOrdered, homeNoted, homeNone, homeBring, helpParked, helpParkTopic, helpParkTo,
    helpParkNote, helpParkTake, helpParkDone, wordsRecipient, parkedDone, parkedNone, helpPurpose,
    helpCafeException, helpExceptGrant, wordsPurpose, helpPractice, practiceOpen, practiceReady,
    practiceDone
  // Teams, settings and retention.
  case helpTeams, helpAddToTeam, helpRemoveFromTeam, helpKeyWorker, helpKeyWorkerOff, keyWorker,
    keyWorkerNamed, keyWorkerGone, noTeams, teamHeading, teamEmpty, teamJoined,
    teamLeft, helpCircle, helpPrimary, helpBackup, circleLine, helpSettings,
    helpSettingsBooking, helpSettingsDaily, helpSettingsOpening, helpEmergencyNumber,
    settingsUnreadable, helpRetention, helpRetentionKind, helpRetentionDays, helpRetentionFrom,
    retentionNoSuchKind, retentionFromEvent, retentionFromCourse, wordsDataKind,
    wordsRetentionStart, columnKind, columnDays,
    columnCountedFrom
  // Consents, cards, scales, tapering and messages to others.
  case helpConsents, helpConsentGive, helpConsentTo, helpConsentSMS, helpConsentMail,
    helpConsentWhy, helpConsentWritten, helpConsentUntil, helpConsentWithdraw, wordsConsentKinds,
    consentsHeading, consentsNone, consentLine, consentGiven, consentUntil, consentWithdrawn,
    consentUnknown, helpCard, helpCardReason, helpCardAdd, helpCardRemove, cardHeading, cardEmpty,
    cardNoPoint, helpScores, helpScoresScale, helpScoresMarks, helpScoresOff, helpScoresOn,
    helpScoresTalked, scoresNone, scoresOff, scoresEmpty, scoresSkipped, scoresFell, scoresWhich,
    helpTaper, helpTaperFortnightly, helpTaperEnd, taperNoSeries, taperDone, helpGoalsOut,
    helpGoalsIn, fileUnreadable, helpPosts, helpPostsAgain, postsNone, postUnknown, postLine,
    postAgain, postJournal, postPartner, postStaff, wordsPostState, todoTasks, todoTask,
    helpMeeting, helpMeetingAgenda, meetingBooked

  // Sharing the word in a meeting.
  case helpFloor, helpRound, helpRoundQuestion, helpRoundNext, helpRoundLater, helpRoundEnd,
    roundOneThing, roundEnded, roundThrough, roundHint, floorHint, floorNoRound, floorRound,
    floorRoundAbout, floorTurn, floorNext, floorDone, floorNoHands, floorHands, floorShares,
    floorQuiet, progressHand, progressTurn, progressRoundOver

  // Guests at a meeting.
  case helpGuests, helpGuestInvite, helpGuestWhy, helpGuestWho, helpGuestYes, helpGuestNo,
    helpGuestCancel, guestNeedsWhy, guestOneThing, guestNotFound, guestsNone, guestLine,
    guestWaiting, guestAgreed, guestDeclined, guestHint

  // Visits of those who have said no to a picture.
  case screenTodoLine, screenTodoOverdue, screenTodoHint, screenTodoSettled, settleScreenWays,
    settleAbsenceWays, settleAllSameTime, helpPhysical, helpSound, helpKeep, helpSettleAll,
    remedyPhysical, remedyAudio, remedyKeep, remedyThen,
    screenTodoMore, screenTodosSettled

  /// How a role is said.
  public static func role(_ role: Role) -> TextKey {
    switch role {
    case .citizen: .roleCitizen
    case .supportWorker: .roleSupportWorker
    case .teamLead: .roleTeamLead
    case .caseWorker: .roleCaseWorker
    case .operations: .roleOperations
    case .administrator: .roleAdministrator
    }
  }
}
