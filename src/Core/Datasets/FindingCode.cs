namespace Droptune.Core.Datasets;

/// <summary>Everything the gate can find; a kebab-case word in JSON. Codes are stable: new ones are added, none is renamed.</summary>
public enum FindingCode
{
    // The dataset and its files
    BadManifest,
    UnusableBaseModel,
    UnfitBaseModel,
    RestrictedBaseModel,
    NoExamples,
    UnknownFormat,
    FormatNotRead,
    MissingDocument,
    EmptyFile,
    UnreadableFile,
    LimitReached,
    BadEncoding,
    BrokenArchive,
    ArchiveBomb,
    FileTooLarge,
    TooManyExamples,
    TaskMismatch,
    EmptySplit,
    UnclearSplit,
    UnclearTags,

    // A record
    MalformedRecord,
    RecordTooLarge,
    MissingField,
    EmptyField,
    MissingLabel,
    MissingTags,
    MultipleLabels,
    NotAccepted,
    Unlabelled,
    AnnotatorsDisagree,
    AnnotationNotRead,
    ForgottenText,

    // Tags and spans
    TagCountMismatch,
    UnknownTagForm,
    IllegalTransition,
    SpanOutOfRange,
    SpanCutsWord,
    SpanEndsShort,
    SpanOverlap,
    SpanSurfaceMismatch,
    SpanEdgeSpace,
    SpanOffsetsAmbiguous,

    // Texts
    ControlCharacter,
    ReplacementCharacter,
    BlankToken,
    MixedNormalisation,
    PersonalEmail,
    PersonalPhone,
    PersonalCard,
    LongExample,
    LongWord,
    UnsegmentedText,
    UnknownPieces,

    // Labels and examples together
    DuplicateText,
    NearDuplicateText,
    Leakage,
    ContradictingLabels,
    LabelNotInTrain,
    RareLabel,
    SingleClass,
    ClassImbalance,
    SimilarLabels,
    TooManyLabels,
}
