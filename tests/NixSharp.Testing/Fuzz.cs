namespace NixSharp.Testing;

/// <summary>Feeds a reader inputs that are nearly right, and looks at what it does: always the same ones.</summary>
public static class Fuzz
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Reads <paramref name="seeds"/> and <paramref name="count"/> inputs made from them. Nothing but
    /// <typeparamref name="TExpected"/> may be thrown, no input may take a minute, and none may allocate more than
    /// <paramref name="perByte"/> bytes for each of its own and <paramref name="flat"/> besides.
    /// </summary>
    public static void Run<TExpected>(IReadOnlyList<byte[]> seeds, Action<byte[]> read, int count = 3000, long perByte = 400, long flat = 512 * 1024)
        where TExpected : Exception
    {
        var random = new Random(20_000);
        foreach (var seed in seeds)
        {
            Try<TExpected>(seed, read, perByte, flat);
        }

        for (var i = 0; i < count; i++)
        {
            Try<TExpected>(Mutate(seeds, random), read, perByte, flat);
        }
    }

    private static void Try<TExpected>(byte[] input, Action<byte[]> read, long perByte, long flat)
        where TExpected : Exception
    {
        var (allocated, failure) = (0L, default(Exception));
        var thread = new Thread(() =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                read(input);
            }
            catch (TExpected)
            {
                // That is how a reader refuses.
            }
            catch (Exception error)
            {
                failure = error;
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        });
        thread.IsBackground = true;
        thread.Start();
        if (!thread.Join(Patience))
        {
            throw new TimeoutException($"Reading took over a minute: {Show(input)}");
        }

        if (failure is not null)
        {
            throw new InvalidOperationException($"{failure.GetType().Name}: {failure.Message}, reading {Show(input)}", failure);
        }

        if (allocated > flat + (perByte * input.Length))
        {
            throw new InvalidOperationException($"{allocated} bytes were allocated for {input.Length}: {Show(input)}");
        }
    }

    private static byte[] Mutate(IReadOnlyList<byte[]> seeds, Random random)
    {
        var bytes = new List<byte>(seeds[random.Next(seeds.Count)]);
        for (var changes = random.Next(1, 5); changes > 0; changes--)
        {
            var at = random.Next(bytes.Count + 1);
            var length = Math.Min(random.Next(1, 40), bytes.Count - at);
            switch (random.Next(8))
            {
                case 0 when length > 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1 when length > 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.RemoveRange(at, length);
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 4:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 5:
                    var noise = new byte[random.Next(1, 20)];
                    random.NextBytes(noise);
                    bytes.InsertRange(at, noise);
                    break;
                case 6 when bytes.Count - at >= sizeof(long):
                    // A length or a count that is far too large, or negative.
                    var word = BitConverter.GetBytes(random.Next(2) == 0 ? long.MaxValue >> random.Next(40) : -1L << random.Next(40));
                    for (var i = 0; i < word.Length; i++)
                    {
                        bytes[at + i] = word[i];
                    }

                    break;
                default:
                    var other = seeds[random.Next(seeds.Count)];
                    var from = random.Next(other.Length + 1);
                    bytes.InsertRange(at, other[from..Math.Min(other.Length, from + random.Next(200))]);
                    break;
            }
        }

        return [.. bytes];
    }

    private static string Show(byte[] input) => $"{input.Length} bytes, base 64 {Convert.ToBase64String(input, 0, Math.Min(input.Length, 3000))}";
}
