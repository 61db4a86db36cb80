import java.io.FileInputStream;
import java.io.FilterInputStream;
import java.util.zip.GZIPInputStream;

/** Writes what GZIPInputStream makes of a file whose stream never says that bytes are available, as one over a network at times. */
class Gunzip {
    public static void main(String[] arguments) throws Exception {
        var silent = new FilterInputStream(new FileInputStream(arguments[0])) {
            @Override
            public int available() {
                return 0;
            }
        };
        new GZIPInputStream(silent).transferTo(System.out);
    }
}
