using System.Buffers;
using System.Data;
using ExcelDataReader;

namespace Droptune.Core.Datasets.Sources;

/// <summary>
/// The sheets of an Excel workbook (.xlsx), each read as the CSV that it would be saved as: a header, then a row an example. Empty
/// sheets are none.
/// </summary>
internal static class WorkbookFiles
{
    private static readonly SearchValues<char> Quoted = SearchValues.Create(",;\t\"\r\n");

    // The library asks for Windows-1252 whatever it reads.
    static WorkbookFiles() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>The sheets, named <c>{workbook}/{sheet}.csv</c>.</summary>
    public static IReadOnlyList<DatasetFile> Of(DatasetFile workbook, ValidationSettings limits, CancellationToken cancellationToken)
    {
        if (workbook.Length > limits.MaxProjectBytes)
        {
            throw new UnreadableFileException(FindingCode.FileTooLarge, $"A workbook is read whole, and has more than {limits.MaxProjectBytes} bytes: save it as CSV.");
        }

        CheckParts(workbook, limits, cancellationToken);
        return Read(workbook, limits, reader =>
        {
            var sheets = new List<DatasetFile>();
            var index = 0;
            do
            {
                var sheet = index++;
                if (reader.RowCount > 0 && reader.FieldCount > 0)
                {
                    sheets.Add(new DatasetFile($"{workbook.Name}/{reader.Name.Replace('/', '-')}.csv", workbook.Length, cancellation =>
                        Task.FromResult<Stream>(new MemoryStream(Read(workbook, limits, other => Csv(other, sheet, limits), cancellation)))));
                }
            }
            while (reader.NextResult());

            return sheets;
        }, cancellationToken);
    }

    /// <summary>Unpacks every part once, because the library trusts what the archive says: none is more than the limits allow.</summary>
    private static void CheckParts(DatasetFile workbook, ValidationSettings limits, CancellationToken cancellationToken)
    {
        var block = new byte[1 << 16];
        foreach (var part in ArchiveFiles.Of(workbook, limits, cancellationToken))
        {
            if (part.Length > limits.MaxProjectBytes && part.Name.EndsWith(".xml", StringComparison.OrdinalIgnoreCase))
            {
                throw new UnreadableFileException(FindingCode.FileTooLarge, $"A part of the workbook has {part.Length} bytes, and {limits.MaxProjectBytes} are allowed: save it as CSV.");
            }

            using var content = part.OpenAsync(cancellationToken).GetAwaiter().GetResult();
            while (content.Read(block) > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }

    private static T Read<T>(DatasetFile workbook, ValidationSettings limits, Func<IExcelDataReader, T> read, CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream();
        using (var stored = ArchiveFiles.OpenSeekable(workbook, limits, cancellationToken))
        {
            stored.CopyTo(stream); // so that what fails below is the workbook, not the storage
            stream.Position = 0;
        }

        try
        {
            using var reader = ExcelReaderFactory.CreateOpenXmlReader(stream);
            return read(reader);
        }
        catch (Exception e) when (e is not (UnreadableFileException or OperationCanceledException))
        {
            // The library throws anything on a damaged file. A document type is an XmlException: it is not resolved.
            throw new UnreadableFileException(FindingCode.UnreadableFile, "The workbook is damaged, encrypted or no .xlsx: save it again, or as CSV.");
        }
    }

    private static byte[] Csv(IExcelDataReader reader, int sheet, ValidationSettings limits)
    {
        for (var i = 0; i < sheet; i++)
        {
            reader.NextResult();
        }

        var csv = new StringBuilder();
        while (reader.Read())
        {
            var cells = Enumerable.Range(0, reader.FieldCount).Select(column => Cell(reader, column)).ToList();
            if (cells.TrueForAll(cell => cell.Length == 0))
            {
                continue; // a row that was emptied, as behind the last one
            }

            csv.AppendJoin(',', cells).Append('\n');
            if (csv.Length > limits.MaxProjectBytes)
            {
                throw new UnreadableFileException(FindingCode.FileTooLarge, $"The sheet has more than {limits.MaxProjectBytes} characters: save it as CSV.");
            }
        }

        return Encoding.UTF8.GetBytes(csv.ToString());
    }

    private static string Cell(IDataRecord row, int column)
    {
        var text = Convert.ToString(row.GetValue(column), CultureInfo.InvariantCulture) ?? "";
        return text.AsSpan().ContainsAny(Quoted) || text.AsSpan().Trim().Length < text.Length ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }
}
