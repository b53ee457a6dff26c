using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Records;
using Droptune.Core.Datasets.Sources;

namespace Droptune.Core.Datasets.Reading.Projects;

/// <summary>
/// A project of Azure's custom named entity recognition or custom text classification: labels of documents, which are text
/// files beside it. One document is one example.
/// </summary>
internal sealed class AzureDocuments(string fileName, Stream source, FindingLog log, ValidationSettings limits, DatasetFolder folder, bool isOfEntities)
    : AzureProject(fileName, source, log, limits)
{
    public override string Format => isOfEntities ? "Azure custom NER project" : "Azure custom classification project";

    /// <summary>The texts that are read with the project.</summary>
    public IEnumerable<DatasetFile> Documents() =>
        Assets.ItemsOf("documents").Select(document => document.StringOf("location")).OfType<string>()
            .Select(location => folder.Find(FileName, location)).OfType<DatasetFile>();

    protected override IEnumerable<string> NotCarriedOver() => [];

    protected override IEnumerable<JsonElement> Examples()
    {
        foreach (var document in Assets.ItemsOf("documents"))
        {
            // The keys of the preview of 2021.
            if (document.Of("extractors").ValueKind == JsonValueKind.Array || document.Of("classifiers").ValueKind == JsonValueKind.Array)
            {
                throw new UnreadableFileException(FindingCode.FormatNotRead,
                    $"This is an {Format} of a preview, with extractors or classifiers: import it in Language Studio and export it again, as version 2022-05-01 or later.");
            }

            yield return document;
        }
    }

    protected override void Fill(Record record, JsonElement example)
    {
        record.Split = SplitOf(example);
        var location = example.TextOf("location");
        if (folder.Find(FileName, location) is not { } document)
        {
            Log.LeaveOut(FindingCode.MissingDocument, record,
                $"This is an {Format}: it holds the labels of {location}, not its text. Drop its documents into one folder with it.");
            return;
        }

        try
        {
            record.Text.Add(folder.ReadText(document, Limits.MaxRecordBytes));
        }
        catch (UnreadableFileException e)
        {
            Log.LeaveOut(e.Code, record, $"{location}: {e.Message}");
            return;
        }

        ReadClasses(record, example);
        if (isOfEntities)
        {
            record.HasSpans = true;
            foreach (var entity in example.ItemsOf("entities").SelectMany(region => region.ItemsOf("labels")))
            {
                AddSpan(record, entity);
            }
        }
    }

    private static void ReadClasses(Record record, JsonElement document)
    {
        var classes = document.ItemsOf("classes");
        foreach (var one in document.Of("class") is { ValueKind: JsonValueKind.Object } single ? classes.Append(single) : classes)
        {
            record.Labels.Add(one.TextOf("category"));
        }
    }
}
