using Microsoft.Playwright;

namespace Droptune.Pipeline.Tests.Ui;

/// <summary>The whole story in a browser: from a dropped file to a corrected prediction.</summary>
public class StoryTests(LocalApp app, Browser browser) : IClassFixture<LocalApp>, IClassFixture<Browser>
{
    private const string Wrong = "how about a red door"; // a wish, which the first model takes for a question

    private static readonly List<Sentence> Judged = [.. PaintShop.Suggestions.Where((_, i) => i % 3 == 0)];
    private static readonly List<Sentence> Corrected = [.. PaintShop.Suggestions.Where((_, i) => i % 3 != 0)];

    [Fact]
    public async Task Page_FromADroppedFileToACorrectedPrediction()
    {
        var page = await browser.OpenAsync(Address);
        var (requests, errors) = (new List<string>(), new List<string>());
        page.Request += (_, request) => requests.Add(request.Url);
        page.Console += (_, message) => errors.AddRange(message.Type == "error" ? [message.Text] : Array.Empty<string>());
        page.PageError += (_, error) => errors.Add(error);
        await page.GotoAsync("/");
        await Expect(page, "Nothing here yet");

        await DropAsync();
        await Expect(page, "running", "queued"); // without a reload
        await FollowTheRunAsync(page);
        await LookAtTheEvaluationAsync(page);
        var first = await app.TrainedVersionAsync("shop", examples: 170);
        await CorrectAsync(page);
        await FoldAsync(page, first);
        await LookAtTheModelAsync(page);
        await ReadItInChineseAsync(page);

        Assert.All(requests, request => Assert.StartsWith(Address, request, StringComparison.Ordinal));
        Assert.Empty(errors);
    }

    private string Address => app.Http.BaseAddress!.GetLeftPart(UriPartial.Authority);

    private async Task DropAsync()
    {
        await app.DropAsync("shop/dataset.json", PaintShop.Manifest(epochs: 20));
        await app.DropAsync("shop/train.conll", PaintShop.Conll(PaintShop.Sentences(120, seed: 1)));
        await app.DropAsync("shop/dev.conll", PaintShop.Conll([.. PaintShop.Sentences(20, seed: 2), .. Judged]));
        await app.DropAsync("shop/test.conll", PaintShop.Conll(PaintShop.Sentences(20, seed: 3)));
    }

    private static async Task FollowTheRunAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Link, new() { Name = "Runs", Exact = true }).ClickAsync();
        await page.Locator("main table a[href*='#/runs/']").First.ClickAsync();
        await page.Locator("figure.chart canvas").First.WaitForAsync();
        await Expect(page, "succeeded");
        await page.TakeAsync("run");
        await page.GotoAsync("/api/ui#/datasets/shop");
        await Expect(page, "accepted");
        await page.GetByText("rare-label").Or(page.GetByText("Findings")).First.WaitForAsync();
        await page.TakeAsync("dataset");
    }

    private static async Task LookAtTheEvaluationAsync(IPage page)
    {
        await page.GotoAsync("/api/ui#/evaluations?model=shop");
        await page.Locator("main table a[href*='#/evaluations/shop/']").First.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("^dev") }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "paint → price" }).ClickAsync();
        await page.Locator("ol.errors li").First.WaitForAsync();
        await page.EvaluateAsync("scrollTo(0, 0)");
        await page.TakeAsync("evaluation");
    }

    private static async Task CorrectAsync(IPage page)
    {
        await page.GotoAsync("/api/ui#/try?model=shop");
        await page.GetByLabel("Text", new() { Exact = true }).FillAsync(Wrong);
        await page.Keyboard.PressAsync("Enter");
        var answer = page.Locator("section[aria-label='Prediction']");
        await answer.GetByText("price").WaitForAsync();
        await page.TakeAsync("prediction");

        await page.GetByRole(AriaRole.Button, new() { Name = "Correct it" }).ClickAsync();
        await page.GetByLabel("Right label of the text").SelectOptionAsync("paint");
        await page.GetByRole(AriaRole.Option, new() { Name = "red" }).ClickAsync();
        await page.GetByRole(AriaRole.Group, new() { Name = "Label of the selected words" }).GetByRole(AriaRole.Button, new() { Name = "colour" }).ClickAsync();
        await page.GetByRole(AriaRole.Option, new() { Name = "door" }).FocusAsync(); // the same by keyboard: labels are in their sorted order
        await page.Keyboard.PressAsync("Space");
        await page.Keyboard.PressAsync("2");
        await page.TakeAsync("correction");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send the correction" }).ClickAsync();
        await Expect(page, "It waits to be folded");
    }

    /// <summary>The variants come from other users; one press folds them all.</summary>
    private async Task FoldAsync(IPage page, string first)
    {
        foreach (var sentence in Corrected)
        {
            await app.CorrectAsync("shop", sentence);
        }

        await page.GotoAsync("/api/ui#/datasets/shop");
        await page.GetByRole(AriaRole.Button, new() { Name = "Fold them in now" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Fold them in now" }).ClickAsync();
        await Expect(page, "feedback-");
        using var promoted = await app.UntilAsync("models/shop", model => model.Text("production") is { } version && version != first);
        await page.GotoAsync($"/api/ui#/try?model=shop&text={Uri.EscapeDataString(Wrong)}");
        await LocalApp.UntilAsync(async () =>
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "Predict" }).ClickAsync();
            await Task.Delay(300); // until the new version answers
            return await page.Locator("section[aria-label='Prediction'] .text-label strong").TextContentAsync() == "paint" ? "right" : null;
        });
        await page.TakeAsync("corrected");
    }

    private static async Task LookAtTheModelAsync(IPage page)
    {
        await page.GotoAsync("/api/ui#/models/shop");
        await Expect(page, "Versions side by side");
        await Expect(page, "Better:");
        await page.TakeAsync("model");
        await page.GotoAsync("/api/ui#/");
        await Expect(page, "accepted");
        await page.TakeAsync("overview");
    }

    private static async Task ReadItInChineseAsync(IPage page)
    {
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await page.Locator("header select").SelectOptionAsync("zh");
        await Expect(page, "数据集");
        Assert.Equal("zh-CN", await page.EvaluateAsync<string>("document.documentElement.lang"));
        await page.TakeAsync("overview-zh");
    }

    /// <summary>Waits until the page shows one of the words.</summary>
    private static Task Expect(IPage page, params string[] anyOf) => page.Locator("main").Filter(new()
    {
        HasTextRegex = new(string.Join('|', anyOf.Select(System.Text.RegularExpressions.Regex.Escape))),
    }).WaitForAsync();
}
