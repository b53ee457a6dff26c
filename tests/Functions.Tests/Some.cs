namespace Droptune.Functions.Tests;

/// <summary>Datasets for tests.</summary>
internal static class Some
{
    /// <summary>Sentences with an intent and a city, in CoNLL; the number makes them differ from those of another call.</summary>
    public static string Conll(int count, int from = 0) => string.Concat(Enumerable.Range(from, count).Select(i => i % 2 == 0
        ? $"# intent = book\nbook O\nflight{i} O\nto O\nBerlin B-city\n\n"
        : $"# intent = refund\nrefund O\nmy O\nticket{i} O\n\n"));
}
