using Droptune.Core.Datasets;

namespace Droptune.Core.Tests.Datasets.Reading;

/// <summary>The shapes of public corpora and of other tools' JSON.</summary>
public sealed class PublicShapesTests
{
    private const string Infos = """
        {"conll": {"features": {"id": {"dtype": "string", "_type": "Value"}, "ner_tags": {"feature": {"num_classes": 3, "names": ["O", "B-PER", "I-PER"], "_type": "ClassLabel"}, "_type": "Sequence"},
                                "label": {"names": ["bad", "good"], "_type": "ClassLabel"}}}}
        """;

    private const string Numbered = """
        {"id": "0", "words": ["Ann", "Ray", "came"], "ner_tags": [1, 2, 0], "label": 1}
        {"id": "1", "words": ["Bob", "ran"], "ner_tags": [1, 0], "label": 0}
        """;

    [Fact]
    public async Task HuggingFace_NumbersWithInfos_GetTheirNames()
    {
        var examples = await Some.Examples(Some.File("data/train.jsonl", Numbered), Some.File("dataset_infos.json", Infos));

        Assert.Equal(["B-PER", "I-PER", "O"], examples[0].Example.Tags);
        Assert.Equal(["good", "bad"], examples.Select(e => e.Example.Label));
    }

    [Fact]
    public async Task HuggingFace_NumbersWithAListOfNames_GetThem()
    {
        var examples = await Some.Examples(
            Some.File("train.jsonl", "{\"tokens\": [\"Ann\", \"came\"], \"labels\": [1, 0]}\n{\"tokens\": [\"Bob\", \"ran\"], \"labels\": [1, 0]}\n"), Some.File("names.txt", "O\nB-PER\n"));

        Assert.Equal(["B-PER", "O"], examples[0].Example.Tags);
    }

    [Fact]
    public async Task HuggingFace_NumbersWithoutNames_AreAskedFor()
    {
        var report = await Some.Report(Some.File("train.jsonl", Numbered));

        Assert.Contains("dataset_infos.json", report.Findings.First(finding => finding.Code == FindingCode.MalformedRecord).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cluener_InclusiveEnds_AreFoundByTheSurface()
    {
        var examples = await Some.Examples(Some.File(
            "train.json", "{\"text\": \"王小明在北京大学读书\", \"label\": {\"name\": {\"王小明\": [[0, 2]]}, \"organization\": {\"北京大学\": [[4, 7]]}}}\n{\"text\": \"没有\", \"label\": {}}\n"));

        Assert.Equal(["name: 王小明", "organization: 北京大学"], Some.Entities(examples[1].Example));
    }

    [Fact]
    public async Task Clinc_KeysOfLists_AreSplits()
    {
        const string Data = """{"oos_val": [["what is the meaning of fruit", "oos"]], "val": [["pay it", "pay"]], "train": [["pay the bill", "pay"], ["hello there", "greet"]], "oos_test": [["sing", "oos"]], "test": [["hi", "greet"]], "oos_train": [["dance", "oos"]]}""";

        var examples = await Some.Examples(Some.File("data_full.json", Data));

        Assert.Equal(3, examples.Count(e => e.Split == Split.Train));
        Assert.Equal(["oos", "pay"], examples.Where(e => e.Split == Split.Dev).Select(e => e.Example.Label!).Order());
        Assert.Equal(["greet", "oos"], examples.Where(e => e.Split == Split.Test).Select(e => e.Example.Label!).Order());
    }

    [Fact]
    public async Task Massive_SlotsAndPartition_AreRead()
    {
        const string Lines = """
            {"id": "0", "locale": "en-US", "partition": "train", "scenario": "alarm", "intent": "alarm_set", "utt": "wake me at nine am on friday", "annot_utt": "wake me at [time : nine am] on [date : friday]", "worker_id": "1"}
            {"id": "1", "locale": "en-US", "partition": "dev", "scenario": "audio", "intent": "audio_volume_mute", "utt": "quiet", "annot_utt": "quiet", "worker_id": "2"}
            """;

        var examples = await Some.Examples(Some.File("en-US.jsonl", Lines));
        var report = await Some.Report(Some.File("en-US.jsonl", Lines));

        Assert.Equal(["time: nine am", "date: friday"], Some.Entities(examples[1].Example));
        Assert.Equal(Split.Dev, examples[0].Split);
        Assert.Contains("'scenario'", Assert.Single(report.Findings, finding => finding.Code == FindingCode.AnnotationNotRead).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Snips_BothForms_GiveIntentAndSlots()
    {
        const string Benchmark = """{"AddToPlaylist": [{"data": [{"text": "Add "}, {"text": "Hey", "entity": "entity_name"}, {"text": " to my list"}]}]}""";
        const string Dataset = """{"entities": {"city": {"data": [{"value": "York", "synonyms": ["york"]}], "use_synonyms": true}}, "intents": {"book": {"utterances": [{"data": [{"text": "seat in "}, {"text": "York", "entity": "city", "slot_name": "to"}]}]}}, "language": "en"}""";

        var examples = await Some.Examples(Some.File("train_AddToPlaylist_full.json", Benchmark), Some.File("snips.json", Dataset));
        var report = await Some.Report(Some.File("snips.json", Dataset));

        Assert.Equal(["entity_name: Hey"], Some.Entities(examples[0].Example));
        Assert.Equal(["to: York"], Some.Entities(examples[1].Example));
        Assert.Equal(["AddToPlaylist", "book"], examples.Select(e => e.Example.Label));
        Assert.Equal("Not read: values of city.", Assert.Single(report.Findings, finding => finding.Code == FindingCode.AnnotationNotRead).Message);
    }

    [Fact]
    public async Task Dialogflow_AnExportedAgent_GivesItsPhrases()
    {
        DatasetFile[] agent =
        [
            Some.File("agent.json", """{"displayName": "x", "supportedLanguages": []}"""), Some.File("package.json", """{"version": "1.0.0"}"""),
            Some.File("intents/book.json", """{"name": "book", "responses": []}"""),
            Some.File("intents/book_usersays_en.json", """[{"id": "1", "data": [{"text": "table in ", "userDefined": false}, {"text": "Leeds", "alias": "city", "meta": "@sys.geo-city"}]}, {"id": "2", "data": [{"text": "book it"}]}]"""),
            Some.File("entities/dish.json", """{"name": "dish"}"""), Some.File("entities/dish_entries_en.json", """[{"value": "soup", "synonyms": ["soup", "broth"]}]"""),
        ];

        var examples = await Some.Examples(agent);
        var report = await Some.Report(agent);

        Assert.Equal(["city: Leeds"], Some.Entities(examples[1].Example));
        Assert.All(examples, e => Assert.Equal("book", e.Example.Label));
        Assert.Equal("Not read: values of the Dialogflow entity dish.", Assert.Single(report.Findings, finding => finding.Code == FindingCode.AnnotationNotRead).Message);
    }

    [Fact]
    public async Task Spans_OfOtherTools_AreRead()
    {
        var examples = await Some.Examples(
            Some.File("luis.json", """[{"text": "table in leeds", "entityLabels": [{"entityName": "City", "startCharIndex": 9, "endCharIndex": 13}]}]"""),
            Some.File("annotator.json", """{"classes": ["PER"], "annotations": [["Ann came", {"entities": [[0, 3, "PER"]]}], null]}"""),
            Some.File("dataturks.json", """{"content": "Bob came", "annotation": [{"label": ["Name"], "points": [{"start": 0, "end": 2, "text": "Bob"}]}], "extras": null}"""),
            Some.File("argilla.jsonl", """{"text": "Cid came", "tokens": ["Cid", "came"], "prediction": null, "annotation": [{"label": "PER", "start": 0, "end": 3}], "status": "Validated"}"""));

        Assert.Equal(["PER: Ann", "Name: Bob", "PER: Cid", "City: leeds"], examples.Select(e => Assert.Single(Some.Entities(e.Example))));
    }

    [Fact]
    public async Task OpenAi_ChatOfOneTurn_IsATextAndItsLabel()
    {
        var examples = await Some.Examples(Some.File(
            "train.jsonl",
            """
            {"messages": [{"role": "system", "content": "Classify."}, {"role": "user", "content": "my parcel is late"}, {"role": "assistant", "content": "delivery"}]}
            {"messages": [{"role": "user", "content": "money back"}, {"role": "assistant", "content": "refund"}]}
            """));

        Assert.Equal([("money back", "refund"), ("my parcel is late", "delivery")], examples.Select(e => (e.Example.Text!, e.Example.Label!)));
    }

    [Theory]
    [InlineData("""{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "{\"label\": \"x\"}"}]}""", "answers in JSON")]
    [InlineData("""{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}, {"role": "user", "content": "c"}]}""", "several turns")]
    public async Task OpenAi_OtherChats_AreRefusedWithAReason(string line, string says)
    {
        var report = await Some.Report(Some.File("train.jsonl", line));

        Assert.Contains(says, Assert.Single(report.Findings, finding => finding.Code == FindingCode.MalformedRecord).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FastText_LabelBeforeTheText_IsRead()
    {
        var examples = await Some.Examples(Some.File("train.txt", "__label__baking How long does bread keep?\n__label__meat , which cut is it\n"));

        Assert.Equal(["meat", "baking"], examples.Select(e => e.Example.Label));
        Assert.Equal("How long does bread keep?", examples[1].Example.Text);
    }

    [Fact]
    public async Task ParallelFiles_OfASplit_AreOneSource()
    {
        var examples = await Some.Examples(
            Some.File("train/seq.in", "play jazz\nfind Ann\n"), Some.File("train/seq.out", "O B-genre\nO B-name\n"), Some.File("train/label", "Play\nFind\n"),
            Some.File("valid/seq.in", "play rock\n"), Some.File("valid/seq.out", "O B-genre\n"), Some.File("valid/label", "Play\n"));

        Assert.Equal(["Find", "Play", "Play"], examples.Select(e => e.Example.Label));
        Assert.Equal(["O", "B-genre"], examples[2].Example.Tags);
        Assert.Equal(Split.Dev, examples[2].Split);
    }

    [Fact]
    public async Task ParallelFiles_OfOtherLengths_AreAFinding()
    {
        var report = await Some.Report(Some.File("seq.in", "play jazz\nfind Ann\n"), Some.File("seq.out", "O B-genre\n"));

        Assert.Contains("not as many lines", Assert.Single(report.Findings, finding => finding.Code == FindingCode.MalformedRecord).Message, StringComparison.Ordinal);
    }
}
