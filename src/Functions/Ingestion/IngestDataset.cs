namespace Droptune.Functions.Ingestion;

/// <summary>A file was dropped: notes the change of its dataset and starts the quiet period.</summary>
public sealed class IngestDataset(DatasetIngestion ingestion)
{
    [Function(nameof(IngestDataset))]
    public async Task RunAsync(
#if ISOLATED // Flex Consumption knows blob triggers from Event Grid only
        [BlobTrigger($"{StorageNames.Datasets}/{{name}}", Connection = StorageNames.Connection, Source = BlobTriggerSource.EventGrid)] Stream blob,
#else
        [BlobTrigger($"{StorageNames.Datasets}/{{name}}", Connection = StorageNames.Connection)] Stream blob,
#endif
        string name,
        CancellationToken cancellationToken)
    {
        using var span = Tracing.Start("ingest", null, ("blob", name));
        await span.RunAsync(() => ingestion.NoteAsync(name, cancellationToken));
    }
}
