using static Droptune.Core.Datasets.FindingCode;
using static Droptune.Core.Datasets.Severity;

namespace Droptune.Core.Datasets;

/// <summary>What the gate does about a code; <paramref name="Fixed"/> ones are errors whatever the manifest says.</summary>
public sealed record FindingRule(FindingCode Code, Severity Severity, string Meaning, string Advice, bool Fixed = false)
{
    /// <summary>One rule a code, in the order of the documentation: the one place of defaults.</summary>
    public static readonly IReadOnlyList<FindingRule> All =
    [
        new(BadManifest, Error, "dataset.json cannot be understood.", "Correct the key named here; docs/datasets.md lists all keys.", Fixed: true),
        new(UnusableBaseModel, Error, "The base model is not there, or cannot be trained.", "Put its folder (config.json, vocab.txt or tokenizer.json, model.safetensors) into base-models, or name another one as baseModel: a folder there, or org/name of the hub.", Fixed: true),
        new(UnfitBaseModel, Warning, "The built-in base model does not fit the data: training starts from scratch.", "Name one that fits as baseModel (google-bert/bert-base-multilingual-cased of the hub reads a hundred languages), or state baseModel scratch if that is meant so."),
        new(RestrictedBaseModel, Warning, "The base model of the hub states no licence, or one that is not for every use.", "Read its card on the hub before you use what is trained from it, or name another one as baseModel."),
        new(NoExamples, Error, "There is no usable example.", "Add files with labelled examples, or correct the findings that left them out.", Fixed: true),
        new(UnknownFormat, Warning, "The file is in no format that is read: it is left out.", "Use one of the formats of docs/datasets.md, such as .conll, .jsonl, .csv or .parquet."),
        new(FormatNotRead, Error, "The file is of a format that is known and not read in this version or form.", "Convert it as the message says."),
        new(MissingDocument, Error, "A text that the file annotates is not in the dataset.", "Drop the texts into the same folder as the file that names them."),
        new(EmptyFile, Error, "The file holds nothing.", "Fill it, or remove it."),
        new(UnreadableFile, Error, "The file is damaged or is not what its content claims.", "Write the file again with the tool it came from."),
        new(LimitReached, Error, "Checking the file takes more time or memory than a check may: it was ended.", "Write the file again with the tool it came from, or split it.", Fixed: true),
        new(BadEncoding, Error, "The file is not UTF-8 (nor UTF-16 with a byte order mark).", "Save the file as UTF-8."),
        new(BrokenArchive, Error, "The compressed file ends early or is damaged, or names files outside itself.", "Compress the file again and check it with gzip -t or unzip -t."),
        new(ArchiveBomb, Error, "The file unpacks to far more than a text would.", "Store the file uncompressed, or raise validation.maxCompressionRatio if it is meant so."),
        new(FileTooLarge, Error, "The file is larger than the limit.", "Split the file, or raise validation.maxFileBytes."),
        new(TooManyExamples, Error, "The dataset has more examples than the limit.", "Use fewer examples, or raise validation.maxExamples."),
        new(TaskMismatch, Error, "The data do not fit the stated task.", "Correct task in dataset.json, or leave it out: it is found from the data."),
        new(EmptySplit, Warning, "A split has no example.", "Add examples, or a file for that split: without it there is no evaluation on it."),
        new(UnclearSplit, Warning, "The file's name looks like that of a split, and is not taken as one.", "Name it or its folder train, dev or test, apart from other words, or leave it split by hash."),
        new(UnclearTags, Error, "The tags are of no tag scheme: the file is left out.", "Write O, B-LABEL and I-LABEL, or name the column or key that holds them as tagColumn; state tagScheme none where every word has a tag of its own."),

        new(MalformedRecord, Error, "The record breaks the rules of its format.", "Correct the record."),
        new(RecordTooLarge, Error, "The record is larger than the limit.", "Split the text into shorter examples, or raise validation.maxRecordBytes."),
        new(MissingField, Error, "The record has no text.", "Give every record a text, or tokens."),
        new(EmptyField, Error, "A text, token or label is empty.", "Fill it in, or remove the record."),
        new(MissingLabel, Error, "The record has no label, others have.", "Label the record, or remove it."),
        new(MissingTags, Error, "The record has no tags or entities, others have.", "Tag the record: all O, or an empty list of entities, if it has none."),
        new(MultipleLabels, Error, "The text has several labels; one is learnt.", "State task multi-label-classification in dataset.json to learn all of them (beside entities: task joint and multiLabel true), or keep one."),
        new(NotAccepted, Warning, "The annotator did not accept the record: it is left out.", "Nothing, if that was meant."),
        new(Unlabelled, Warning, "The record has no annotation (predictions are none): it is left out.", "Annotate the record, or remove it."),
        new(AnnotatorsDisagree, Warning, "Several annotations differ; the first is used.", "Settle the annotation in the labelling tool."),
        new(AnnotationNotRead, Warning, "Something that looks like annotation is not read.", "Nothing, if it is not meant to be learnt; else write it as text, label and entities, or name its column or key in dataset.json."),
        new(ForgottenText, Warning, "The text is to be forgotten: it is left out.", "Remove it from the file."),

        new(TagCountMismatch, Error, "There are not as many tags as tokens.", "Give every token one tag."),
        new(UnknownTagForm, Error, "The tag has not the form of the tag scheme.", "Write O, B-LABEL or I-LABEL, or state tagScheme in dataset.json."),
        new(IllegalTransition, Error, "The tag cannot follow the one before it.", "Open the entity with B-, or state tagScheme in dataset.json."),
        new(SpanOutOfRange, Error, "The span is not inside its text.", "Correct start and end; a difference of a few characters after an emoji means another spanUnit."),
        new(SpanCutsWord, Warning, "The span begins or ends inside a word, or a letter, where others do not: it is widened.", "Move the border to the word's."),
        new(SpanEndsShort, Error, "The spans of the file end one letter before their words do.", "State spanEnd in dataset.json: inclusive if the end is the last character, exclusive if they are meant so."),
        new(SpanOverlap, Error, "Two spans overlap; a word has one tag.", "Keep one of them."),
        new(SpanSurfaceMismatch, Error, "The span's text is not the text the export states.", "Export again: text and spans are of different versions."),
        new(SpanEdgeSpace, Warning, "The span begins or ends with white space: it is trimmed.", "Nothing; the labelling tool may have a setting for it."),
        new(SpanOffsetsAmbiguous, Error, "The text has characters that count as one or as two, and nothing shows which.", "State spanUnit in dataset.json: unicodeCodePoint for Python tools, utf16CodeUnit for JavaScript."),

        new(ControlCharacter, Warning, "The text holds control characters.", "Remove them: they carry no meaning, and come from a broken conversion."),
        new(ReplacementCharacter, Warning, "The text holds U+FFFD: a letter was lost in a conversion.", "Convert the source again, from its real encoding to UTF-8."),
        new(BlankToken, Warning, "The token has no visible character: the model cannot see it.", "Remove the token and its tag."),
        new(MixedNormalisation, Warning, "The same letters are written in composed and in decomposed form.", "Normalise all texts to NFC."),
        new(PersonalEmail, Warning, "The text holds an e-mail address.", "Replace it, for example by name@example.com."),
        new(PersonalPhone, Warning, "The text holds a telephone number.", "Replace its digits."),
        new(PersonalCard, Warning, "The text holds a payment card number (its check digit holds).", "Replace its digits."),
        new(LongExample, Warning, "The example is longer than the model's input: it is predicted in overlapping windows.", "Nothing, or a larger training.maxLength; nothing is cut."),
        new(LongWord, Warning, "A word of more than 100 characters becomes one unknown piece.", "Remove it, if it is an address or encoded data."),
        new(UnsegmentedText, Warning, "A token holds a whole sentence: the text is not divided into words.", "Export spans of the text instead, or one character a token: of such a token the model learns one tag for all of it."),
        new(UnknownPieces, Warning, "Many words are unknown to the base model.", "Choose a base model of the data's language and case."),

        new(DuplicateText, Warning, "The same text stands more than once in a split.", "Remove copies, unless their number carries meaning."),
        new(NearDuplicateText, Warning, "The same text, but for case, spaces or width, stands more than once in a split.", "Remove copies, unless their number carries meaning."),
        new(Leakage, Warning, "The same text stands in two splits: scores come out too high.", "Remove it from train."),
        new(ContradictingLabels, Warning, "The same text has another label elsewhere.", "Decide for one of them."),
        new(LabelNotInTrain, Warning, "A label of dev or test is not in train: it cannot be learnt.", "Add examples of it to train."),
        new(RareLabel, Warning, "A label has few examples in train.", "Add examples, or merge the label with another."),
        new(SingleClass, Error, "There is nothing to tell apart.", "Add examples of a second label, or tag at least one entity."),
        new(ClassImbalance, Warning, "Some label has far more examples than another.", "Add examples of the small one, or set training.classWeights."),
        new(SimilarLabels, Warning, "Labels differ only in case, spaces or punctuation.", "Write them alike."),
        new(TooManyLabels, Error, "There are more labels than the limit.", "Check that the label column is the right one, or raise validation.maxLabels."),
    ];

    public static FindingRule Of(FindingCode code) => ByCode[(int)code];

    private static readonly FindingRule[] ByCode = [.. Enum.GetValues<FindingCode>().Select(code => All.Single(rule => rule.Code == code))];
}
