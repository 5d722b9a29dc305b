using NixSharp.Benchmarks;
using NixSharp.Testing;

var rounds = int.TryParse(Environment.GetEnvironmentVariable("NIXSHARP_BENCH_ROUNDS"), out var wanted) ? wanted : 5;
var filter = args.FirstOrDefault() ?? "";
var root = GoldenData.RepositoryRoot;
Directory.CreateDirectory(Workshop.Work);
await ScriptTimer.RunAsync($"cd '{root}'; ./build.sh tool");

await using var registry = Requirements.Find("docker-registry") is null ? null : await RegistryServer.StartAsync();
using var shop = new Workshop(root, registry);
var report = new Report();
foreach (var (name, make) in Catalog.All.Where(entry => entry.Name.Contains(filter, StringComparison.OrdinalIgnoreCase)))
{
    var comparison = await make(shop);
    if (Requirements.WhyMissing(comparison.Requires) is { } why)
    {
        Console.WriteLine($"skipped {name}: {why}");
        continue;
    }

    Contender[] contenders = [comparison.Ours, .. comparison.Peers];
    var runs = contenders.Select(static _ => new List<Sample>()).ToList();
    for (var round = -1; round < rounds; round++)
    {
        for (var i = 0; i < contenders.Length; i++)
        {
            await ScriptTimer.RunAsync(contenders[i].Prepare);
            var sample = await contenders[i].RunAsync();

            // The first round warms the caches and does not count.
            if (round >= 0)
            {
                runs[i].Add(sample);
            }
        }
    }

    await ScriptTimer.RunAsync(comparison.Finish);
    report.Add(comparison, runs);
}

report.Save(Workshop.FileOf("results.md"));
