using Microsoft.Playwright;

namespace Droptune.Pipeline.Tests.Ui;

/// <summary>What the page shows of texts with several labels, or none: alone, and beside entities.</summary>
public class SeveralLabelsTests(LocalApp app, Browser browser) : IClassFixture<LocalApp>, IClassFixture<Browser>
{
    // In an order that the dataset has not: what contradicts it is not folded.
    private const string Both = "the driver was rude and the parcel came late";
    private const string BothOtherwise = "they were rude to me and my chair was late again";
    private const string None = "the lamp is fine thank you";

    [Theory]
    [InlineData("complaints", false)]
    [InlineData("orders", true)]
    public async Task Page_TextsWithSeveralLabels_AreShownPredictedAndCorrected(string dataset, bool hasEntities)
    {
        var page = await browser.OpenAsync(app.Http.BaseAddress!.GetLeftPart(UriPartial.Authority));
        var errors = new List<string>();
        page.Console += (_, message) => errors.AddRange(message.Type == "error" ? [message.Text] : Array.Empty<string>());
        page.PageError += (_, error) => errors.Add(error);
        await DropAsync(dataset, hasEntities);
        var version = await app.TrainedVersionAsync(dataset, examples: 242);
        using (await app.UntilAsync($"models/{dataset}", model => model.Text("production") == version))
        {
        }

        await LookAtTheDatasetAsync(page, dataset);
        await LookAtTheModelAsync(page, dataset);
        await LookAtTheEvaluationAsync(page, dataset);
        await PredictAsync(page, dataset, Both, "late", "rude");
        await CorrectAsync(page, remove: "rude", add: "broken");
        await PredictAsync(page, dataset, None);
        await CorrectAsync(page, add: "late");
        await PredictAsync(page, dataset, BothOtherwise, "late", "rude");
        await CorrectAsync(page, remove: "rude, late");
        await FoldAsync(page, dataset);

        Assert.Empty(errors);
    }

    private async Task DropAsync(string dataset, bool hasEntities)
    {
        var unlearnable = Complaints.Line("thank you for the carpet", "\"late\",\"rude\"", hasEntities) + Complaints.Line("the chair came late and they were rude to me", "", hasEntities);
        await app.DropAsync($"{dataset}/dataset.json", Complaints.Manifest(hasEntities));
        await app.DropAsync($"{dataset}/train.jsonl", Complaints.Lines(160, seed: 1, hasEntities));
        await app.DropAsync($"{dataset}/dev.jsonl", Complaints.Lines(40, seed: 2, hasEntities));
        await app.DropAsync($"{dataset}/test.jsonl", Complaints.Lines(40, seed: 3, hasEntities) + unlearnable);
    }

    private static async Task LookAtTheDatasetAsync(IPage page, string dataset)
    {
        await page.GotoAsync($"/api/ui#/datasets/{dataset}");
        await page.GetByText("Labels a text").WaitForAsync();
        Assert.Equal(["broken", "late", "rude"], await page.Locator("section", new() { HasText = "Text labels" }).Locator("ul.chips li").AllTextContentsAsync());
        await page.TakeAsync($"{dataset}-dataset");
    }

    private static async Task LookAtTheModelAsync(IPage page, string dataset)
    {
        await page.GotoAsync($"/api/ui#/models/{dataset}");
        await page.Locator("table.side-by-side").GetByText("All labels right").First.WaitForAsync();
        await page.TakeAsync($"{dataset}-model");
    }

    /// <summary>Two texts of test are labelled as no model could know: one lacks its labels, the other has some too many.</summary>
    private static async Task LookAtTheEvaluationAsync(IPage page, string dataset)
    {
        await page.GotoAsync($"/api/ui#/evaluations?model={dataset}");
        await page.Locator($"main table a[href*='#/evaluations/{dataset}/']").First.ClickAsync();
        await page.GetByText("Labels a text, predicted and expected").WaitForAsync();
        var verdicts = page.Locator("ol.errors .verdict");
        await verdicts.Filter(new() { HasText = "expected No label holds., predicted late, rude" }).WaitForAsync();
        await verdicts.Filter(new() { HasText = "expected late, rude, predicted No label holds." }).WaitForAsync();
        await page.TakeAsync($"{dataset}-evaluation");
    }

    private static async Task PredictAsync(IPage page, string dataset, string text, params string[] labels)
    {
        await page.GotoAsync("about:blank");
        await page.GotoAsync($"/api/ui#/try?model={dataset}&text={Uri.EscapeDataString(text)}");
        var answer = page.Locator("section[aria-label='Prediction']");
        await answer.GetByText("by version").WaitForAsync();
        Assert.Equal(labels, (await answer.Locator(".text-label strong").AllTextContentsAsync()).Order());
        Assert.Equal(labels.Length == 0 ? 1 : 0, await answer.GetByText("No label holds.").CountAsync());
        await page.TakeAsync($"{dataset}-{labels.Length}-labels");
    }

    /// <summary>Changes which labels hold; what the page starts from is what was predicted.</summary>
    private static async Task CorrectAsync(IPage page, string remove = "", string add = "")
    {
        var predicted = await page.Locator("section[aria-label='Prediction'] .text-label strong").AllTextContentsAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Correct it" }).ClickAsync();
        var choices = page.GetByRole(AriaRole.Group, new() { Name = "Right labels of the text" });
        foreach (var label in new[] { "broken", "late", "rude" })
        {
            Assert.Equal(predicted.Contains(label), await choices.GetByLabel(label).IsCheckedAsync());
        }

        foreach (var label in remove.Split(", ", StringSplitOptions.RemoveEmptyEntries))
        {
            await choices.GetByLabel(label).UncheckAsync();
        }

        foreach (var label in add.Split(", ", StringSplitOptions.RemoveEmptyEntries))
        {
            await choices.GetByLabel(label).CheckAsync();
        }

        await page.TakeAsync("several-correction");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send the correction" }).ClickAsync();
        await page.GetByText("It waits to be folded").WaitForAsync();
    }

    /// <summary>The corrections become a file of the dataset, which is accepted with it.</summary>
    private async Task FoldAsync(IPage page, string dataset)
    {
        await page.GotoAsync($"/api/ui#/datasets/{dataset}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Fold them in now" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Fold them in now" }).ClickAsync();
        await page.Locator("main").GetByText("feedback-").WaitForAsync();
        using var next = await app.UntilAsync($"datasets/{dataset}", answer => answer.Text("state") != "Validating" && Train(answer) != 160);
        Assert.Equal(("Accepted", 163), (next.RootElement.Text("state"), Train(next.RootElement)));

        static int Train(JsonElement answer) => answer.GetProperty("counts").GetProperty("train").GetInt32();
    }
}
